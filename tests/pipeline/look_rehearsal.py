# Looks at the page of a rehearsal in headless Chromium, on a phone and on a desk, light and dark: what `look.py` asks of any
# page. Prints 'ok ...' or 'not ok ...'.
import sys

import look


def main():
    page = sys.argv[1]
    browser = look.Browser()
    try:
        for device, size in (("phone", look.PHONE), ("desk", look.DESK)):
            for scheme in ("light", "dark"):
                browser.open(page, size, scheme)
                asked = [event["params"]["request"]["url"] for event in browser.events
                         if event.get("method") == "Network.requestWillBeSent"]
                view = f"{device}, {scheme}"
                look.check(f"{view}: asks for nothing", asked[1:])
                look.check(f"{view}: fits", browser.run(look.WIDER))
                look.check(f"{view}: letters have room", browser.run(look.LETTERS))
                look.check(f"{view}: letters can be read", browser.run(look.SMALL))
                look.check(f"{view}: contrast", browser.run(look.CONTRASTS.replace("LEAST", str(look.CONTRAST))))
    finally:
        browser.close()
    sys.exit(1 if look.failures else 0)


if __name__ == "__main__":
    main()
