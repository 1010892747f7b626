#include "services/notifier/answer_page.h"

#include "services/notifier/answer_card.h"

enum { CARDS_OPEN = 3 }; // of more, each is a line that unfolds

// Text of 17 px on a phone, whatever can be pressed at least 44 px high, contrast of 4.5 to 1 and more on both grounds.
const char answer_page_style[] =
    ":root{color-scheme:light dark;--ground:#f4f5f7;--card:#fff;--text:#1a1c1e;--soft:#4b5157;--line:#8a9099;"
    "--main:#0b57d0;--on-main:#fff;--good:#0f5f2f;--good-ground:#e3f4e8;--bad:#8c1d18;--bad-ground:#fce8e6}"
    "@media (prefers-color-scheme:dark){:root{--ground:#131517;--card:#1f2225;--text:#e6e8ea;--soft:#b6bcc2;"
    "--line:#7d848b;--main:#a8c7fa;--on-main:#062e6f;--good:#a6e3b8;--good-ground:#12301c;--bad:#f6b8b3;"
    "--bad-ground:#3b1614}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--ground);color:var(--text);font:17px/1.5 system-ui,-apple-system,\"PingFang SC\","
    "\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;overflow-wrap:anywhere}"
    "main{max-width:42rem;margin:0 auto;padding:16px 16px 48px}"
    "h1{font-size:1.4rem;line-height:1.3;margin:.2em 0}"
    "h2{font-size:1.2rem;line-height:1.35;margin:0 0 .3em}"
    "h3{font-size:1rem;margin:1em 0 .2em}"
    "p{margin:.4em 0}ul{margin:.2em 0;padding-left:1.3em}"
    ".sent{color:var(--soft);font-size:1rem}"
    ".card,.text{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;margin:16px 0}"
    ".text{white-space:pre-line}"
    ".why{font-size:1.06rem}"
    ".who{display:flex;flex-wrap:wrap;align-items:center;gap:4px 12px}"
    ".tel{display:inline-flex;align-items:center;min-height:44px;color:var(--main);font-weight:600}"
    ".notice,.state,.chosen{border-left:5px solid var(--good);background:var(--good-ground);color:var(--good);"
    "padding:10px 12px;border-radius:6px}"
    ".notice{font-weight:600}"
    ".trouble{border-color:var(--bad);background:var(--bad-ground);color:var(--bad)}"
    ".chosen{border-color:var(--main);background:none;color:var(--text)}"
    ".mark{display:block;color:var(--good);font-weight:600}"
    "summary{min-height:44px;padding:10px 0;cursor:pointer}"
    ".card>summary{padding:0}.card>summary h2{display:inline}.card>summary .why{display:block;margin-top:4px}"
    ".because summary{color:var(--main);text-decoration:underline}"
    "dl{margin:.2em 0}dt{color:var(--soft);font-size:1rem}dd{margin:0 0 .5em}"
    "form{margin-top:12px;border-top:1px solid var(--line);padding-top:12px}"
    "label,legend{display:block;font-weight:600;margin:.6em 0 .2em;padding:0}"
    "textarea,input,button{font:inherit;color:inherit;border:1px solid var(--line);border-radius:8px;min-height:44px;"
    "padding:8px 12px;background:var(--card);max-width:100%}"
    "textarea{width:100%;display:block;resize:vertical}"
    "fieldset{border:0;margin:12px 0 0;padding:0;min-width:0}"
    ".row{display:flex;flex-wrap:wrap;gap:10px;margin-top:10px}"
    ".row>*{flex:1 1 8rem}"
    "button{cursor:pointer;font-weight:600;padding:8px 6px}button[hidden]{display:none}"
    "small{display:block;font-size:1rem;font-weight:400}"
    ".main{background:var(--main);border-color:var(--main);color:var(--on-main);flex-basis:100%}"
    ":focus-visible{outline:3px solid var(--main);outline-offset:3px}";

static const char *const tags[LANGUAGES] = {[LANGUAGE_ZH] = "zh-CN", [LANGUAGE_EN] = "en"};

// The head of a page. The style sheet goes in as it is: it is ours, and what it is hashed over.
static void begin(enum language language, const char *title, struct html *html)
{
    html_put(html,
             "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
             "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"format-detection\" content=\"telephone=no\">\n"
             "<title>%s</title>\n",
             tags[language], title);
    html_put_style(html, answer_page_style);
    html_put(html, "</head>\n<body>\n<main>\n");
}

static void end(struct html *html)
{
    html_put(html, "</main>\n</body>\n</html>\n");
}

static void put_cards(const struct answer_page *page, struct html *html)
{
    bool folded = page->card_count > CARDS_OPEN;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < page->card_count; i++)
            if ((page->cards[i].number == page->first) == (round == 0))
                answer_card_write(page, &page->cards[i], folded, html);
}

static bool all_shut(const struct answer_page *page)
{
    size_t shut = 0;
    for (size_t i = 0; i < page->card_count; i++)
        shut += page->cards[i].shut;
    return page->card_count > 0 && shut == page->card_count;
}

// The button by which a rep takes over the device that is another one's.
static void put_claim(const struct answer_other *other, enum language language, struct html *html)
{
    html_put(html, "<form method=\"post\">\n<p>%s</p>\n",
             answer_named(html->arena, language, ANSWER_IF_YOURS, other->reader));
    html_put(html, "<div class=\"row\"><button name=\"claim\" value=\"yes\">%s</button></div>\n</form>\n",
             answer_named(html->arena, language, ANSWER_I_AM, other->reader));
}

void answer_page_write(const struct answer_page *page, struct html *html)
{
    enum language language = page->letter->language;
    const char *title = answer_word(language, ANSWER_TITLE);
    begin(language, page->notice[0] != '\0' ? page->notice : title, html);
    html_put(html, "<h1>%s</h1>\n", title);
    html_put(html, "<p class=\"sent\">%s #%s · %s</p>\n", answer_word(language, ANSWER_MESSAGE), page->letter->id,
             page->sent);
    if (page->other != NULL)
        html_put(html, "<p>%s</p>\n", answer_named(html->arena, language, ANSWER_DEVICE_OF, page->other->rep));
    if (page->notice[0] != '\0' && page->trouble)
        html_put(html, "<div class=\"notice trouble\" role=\"alert\">%s</div>\n", page->notice);
    else if (page->notice[0] != '\0')
        html_put(html, "<div class=\"notice\" role=\"status\">%s</div>\n", page->notice);
    if (all_shut(page))
        html_put(html, "<p>%s</p>\n", answer_word(language, ANSWER_ALL_SETTLED));
    put_cards(page, html);
    if (page->text[0] != '\0')
        html_put(html, "<div class=\"text\">%s</div>\n", page->text);
    if (page->other != NULL)
        put_claim(page->other, language, html);
    end(html);
}

void answer_page_refuse(enum language language, bool known, enum answer_word why, struct html *html)
{
    begin(language, answer_word(language, why), html);
    html_put(html, "<div role=\"alert\">\n");
    for (size_t i = 0; i < (known ? 1 : LANGUAGES); i++) {
        enum language spoken = (enum language)((language + i) % LANGUAGES);
        html_put(html, "<div lang=\"%s\"><h1>%s</h1>\n<p>%s</p></div>\n", tags[spoken], answer_word(spoken, why),
                 answer_word(spoken, ANSWER_ASK_CHAT));
    }
    html_put(html, "</div>\n");
    end(html);
}

void answer_page_refuse_other(const struct answer_other *other, bool pressed, struct html *html)
{
    struct arena *arena = html->arena;
    begin(other->languages[0], answer_named(arena, other->languages[0], ANSWER_FOR_OTHER, other->reader), html);
    for (size_t i = 0; i < other->language_count; i++) {
        enum language spoken = other->languages[i];
        html_put(html, "<div class=\"card\" lang=\"%s\">\n<div role=\"alert\">\n<h1>%s</h1>\n", tags[spoken],
                 answer_named(arena, spoken, ANSWER_FOR_OTHER, other->reader));
        if (pressed)
            html_put(html, "<p class=\"notice trouble\">%s</p>\n", answer_word(spoken, ANSWER_STRANGER));
        html_put(html, "<p>%s</p>\n<p>%s</p>\n</div>\n", answer_named(arena, spoken, ANSWER_DEVICE_OF, other->rep),
                 answer_word(spoken, ANSWER_OWN_CHAT));
        put_claim(other, spoken, html);
        html_put(html, "</div>\n");
    }
    end(html);
}
