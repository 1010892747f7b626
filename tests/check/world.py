"""What a run of the pipeline left behind, read for the recomputation: the settings in force, the accepted events by
customer, and what the service answered.

World: today (days since 1970), today_ms (when that local day began), zone, options, raw, settings, currency, rates.
Customer: id, and events, sorted by time and then by the 16-byte key of the event. Each event is its JSON with
    _ms, _day (local), _key (bytes), _kind ("orderPlaced"), _body (that member).
An amount in a body is text as in JSON ("12.50 EUR"); money() takes it apart.
"""
import bisect
import datetime
import decimal
import hashlib
import json
import os
import re
import zoneinfo

DAY_MS = 86_400_000
PPM = 1_000_000
MICROS = 1_000_000
INT64_MAX = 2**63 - 1
EPOCH = datetime.date(1970, 1, 1)
UTC = datetime.timezone.utc
ENVELOPE = {"id", "source", "time", "customerId", "repId", "historical"}


def day_number(text):
    """Days since 1970 of "2026-05-17"; None for an empty text."""
    return (datetime.date.fromisoformat(text) - EPOCH).days if text else None


def date_of(day):
    return EPOCH + datetime.timedelta(days=day)


def day_text(day):
    return date_of(day).isoformat()


def parse_time(text):
    """Milliseconds since 1970; what is finer is cut off."""
    match = re.fullmatch(r"(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?Z", text)
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    moment = datetime.datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    milli = int(((match.group(7) or "") + "000")[:3])
    return int(moment.timestamp()) * 1000 + milli


def money(text):
    """(micros, currency) of "12.50 EUR" or "12.50"; None for None."""
    if text is None:
        return None
    number, _, currency = text.partition(" ")
    return int(decimal.Decimal(number) * MICROS), currency


def half_away(part, whole):
    """part / whole, rounded to the nearest, halves away from zero; whole > 0."""
    size = (2 * abs(part) + whole) // (2 * whole)
    return size if part >= 0 else -size


def truncated(part, whole):
    """part / whole, rounded towards zero; whole > 0."""
    return part // whole if part >= 0 else -(-part // whole)


def held(number):
    return max(-INT64_MAX - 1, min(INT64_MAX, number))


def event_key(source, identity):
    left, right = source.encode(), identity.encode()
    return hashlib.blake2b(len(left).to_bytes(8, "little") + left + right, digest_size=16).digest()


def option_value(text):
    """A value of the configuration as the service prints it: percentages in ppm, numbers as int, None when unset."""
    if text == "unset":
        return None
    if re.fullmatch(r"-?[\d.]+%", text):
        return int(decimal.Decimal(text[:-1]) * 10_000)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


class Customer:
    def __init__(self, identity):
        self.id = identity
        self.events = []


class World:
    def __init__(self, settings, today):
        self.settings = settings
        self.raw = settings["options"]
        self.options = {key: option_value(text) for key, text in self.raw.items()}
        self.zone = zoneinfo.ZoneInfo(settings["timeZone"])
        self.currency = settings["currency"]
        self.rates = {}
        for rate in settings["rates"]:
            self.rates.setdefault(rate["currency"], []).append((rate["fromDay"], rate["rateMicros"]))
        for rates in self.rates.values():
            rates.sort()
        self.today = today
        self.today_ms = self.day_start(today)

    def micros(self, key):
        """An option that is an amount, in micros."""
        return int(decimal.Decimal(self.raw[key]) * MICROS)

    def items(self, prefix):
        """The items of a list option: of "policy.classes" one dictionary each, of "rfm.r_days" the raw texts."""
        found, number = [], 0
        while True:
            name = f"{prefix}[{number}]"
            if name in self.raw:
                found.append(self.raw[name])
            else:
                inside = [key for key in self.options if key.startswith(name + ".")]
                item = {key[len(name) + 1 :]: self.options[key] for key in inside}
                if not item:
                    return found
                found.append(item)
            number += 1

    def day_start(self, day):
        """The first instant of a local day, in milliseconds."""
        local = datetime.datetime.combine(date_of(day), datetime.time(), self.zone)
        # A midnight that does not exist is moved forward by the way through UTC.
        return int(local.astimezone(UTC).timestamp()) * 1000

    def day_of(self, ms):
        local = datetime.datetime.fromtimestamp(ms // 1000, UTC).astimezone(self.zone)
        return (local.date() - EPOCH).days

    def rate(self, currency, day):
        """What a unit of the currency costs on the day, in micros; None when no rate is known."""
        if currency in ("", self.currency):
            return MICROS
        rates = self.rates.get(currency, [])
        at = bisect.bisect_right(rates, (day, INT64_MAX))
        return rates[at - 1][1] if at > 0 else None

    def convert(self, micros, currency, day):
        """In the reporting currency at the day's rate; None without a rate."""
        rate = self.rate(currency, day)
        return None if rate is None else held(half_away(micros * rate, MICROS))

    def convert_money(self, text, day):
        """The same for an amount of a body; 0 where there is none, or no rate."""
        amount = money(text)
        return 0 if amount is None else self.convert(*amount, day) or 0


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def read_customers(world, path):
    customers = {}
    for event in read_lines(path):
        identity = event.get("customerId")
        if not identity:
            continue
        event["_ms"] = parse_time(event["time"])
        event["_day"] = world.day_of(event["_ms"])
        event["_key"] = event_key(event["source"], event["id"])
        event["_kind"] = next(name for name in event if name not in ENVELOPE and not name.startswith("_"))
        event["_body"] = event[event["_kind"]]
        customers.setdefault(identity, Customer(identity)).events.append(event)
    for customer in customers.values():
        customer.events.sort(key=lambda event: (event["_ms"], event["_key"]))
    return customers


def read_world(folder):
    """The world, its customers by id, the summary of each process, the cards by id."""
    summaries = read_lines(os.path.join(folder, "summaries.jsonl"))
    world = World(read_json(os.path.join(folder, "settings.json")), day_number(summaries[0]["day"]))
    customers = read_customers(world, os.path.join(folder, "events.jsonl"))
    cards = {card["customerId"]: card for card in read_lines(os.path.join(folder, "cards.jsonl"))}
    return world, customers, summaries, cards
