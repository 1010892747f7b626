"""The lead, lived through day by day (services/scoring/lead.h), and the customer's file (completeness.h), whose key
person a stage depends on."""
from types import SimpleNamespace

from telling import ANSWERS, mark_of, of_kind, reached, word_of
from world import day_number

CONTRACTS_MAX = 4
FIELDS_MAX = 32
FOREVER = 10**9
STAGES = ["", "not_reached", "added", "key_person", "plans", "intends", "contract_sent", "in_contract", "expired"]
INTENTIONS = ["", "slight", "unclear", "possible", "good", "very_likely"]
TEMPERATURES = ["", "denial", "cold", "warm", "hot"]
CLASSES = ["A", "B", "C"]


class Lead:
    """What a lead is from one morning to the next. A contract that has run out by then has come to its end before
    anything that is said on that day; a contract beyond the four that end last is forgotten."""

    def __init__(self, options):
        self.options = options
        self.stage, self.stage_day = "", None
        self.contracts = {}  # id: first day without it
        self.ended_day = None  # of the contracts that we do not know
        self.in_force = False  # a contract was in force when the day began
        self.temperature, self.warm_day = "", None
        self.counted_from = None  # the day from which the silence counts
        self.touch_day = None
        self.intention, self.intention_day = "", None
        self.answers = {"need": "", "power": "", "decision": "", "credit": ""}
        self.expected_day, self.expected_ms, self.expected_quote = None, None, None
        self.objections = 0

    # What the morning of a day brings.

    def runs(self, day):
        return any(over > day for over in self.contracts.values())

    def over_day(self):
        days = list(self.contracts.values()) + ([] if self.ended_day is None else [self.ended_day])
        return max(days, default=None)

    def expire(self, day):
        if self.stage != "expired":
            self.stage, self.stage_day = "expired", day

    def morning(self, day):
        if self.in_force and not self.runs(day):
            self.in_force = False
            self.expire(self.over_day())
        silent = None if self.counted_from is None else day - self.counted_from
        if self.temperature == "hot" and silent >= self.options["lead.hot_days"]:
            self.temperature, self.warm_day, self.counted_from = "warm", day, day
        elif self.temperature == "warm" and silent >= self.options["lead.warm_days"]:
            self.temperature, self.warm_day, self.counted_from = "cold", day, day

    # What is heard.

    def touch(self, day):
        self.counted_from = self.touch_day = day

    def hear(self, event):
        name = {
            "leadUpdated": self.hear_lead,
            "quoteSent": self.hear_quote,
            "quoteLost": self.hear_quote_lost,
            "contractSigned": self.hear_signed,
            "contractEnded": self.hear_ended,
        }.get(event["_kind"])
        if name is not None:
            name(event["_body"], event["_day"], event["_ms"])
        elif reached(event):
            self.touch(event["_day"])
        elif event["_kind"] == "objectionRaised":
            self.objections += 1

    def hear_lead(self, body, day, time_ms):
        self.touch(day)
        stage = word_of(STAGES, "LEAD_STAGE_", body.get("stage"))
        if stage and stage != self.stage:
            self.stage, self.stage_day = stage, day
        intention = INTENTIONS[mark_of(body.get("intention"))]
        if intention and intention != self.intention:
            self.intention, self.intention_day = intention, day
        temperature = word_of(TEMPERATURES, "LEAD_TEMPERATURE_", body.get("temperature"))
        if temperature and temperature != self.temperature:
            self.temperature, self.warm_day = temperature, day
        for name in self.answers:
            self.answers[name] = word_of(ANSWERS, "ANSWER_", body.get(name)) or self.answers[name]
        if body.get("expectedOrderDate"):
            self.expect(day_number(body["expectedOrderDate"]), time_ms, None)

    def expect(self, day, time_ms, quote):
        self.expected_day, self.expected_ms, self.expected_quote = day, time_ms, quote

    def hear_quote(self, body, day, time_ms):
        self.touch(day)
        if body.get("expectedOrderDate"):
            self.expect(day_number(body["expectedOrderDate"]), time_ms, body["quoteId"])

    def hear_quote_lost(self, body, day, time_ms):
        if self.expected_quote == body["quoteId"]:
            self.expect(None, None, None)

    def hear_signed(self, body, day, time_ms):
        self.contracts[body["contractId"]] = day_number(body["to"]) + 1 if body.get("to") else FOREVER
        while len(self.contracts) > CONTRACTS_MAX:
            del self.contracts[min(self.contracts, key=self.contracts.get)]
        self.objections = 0
        self.in_force = self.runs(day)
        if not self.in_force:
            self.stage, self.stage_day = "expired", self.over_day()
        elif self.stage != "in_contract":
            self.stage, self.stage_day = "in_contract", day

    def hear_ended(self, body, day, time_ms):
        identity = body["contractId"]
        if identity not in self.contracts:
            if self.stage == "expired":
                return  # there was none before either
            self.ended_day = day
        elif self.contracts[identity] > day:
            self.contracts[identity] = day
        else:
            return  # it was over before
        if not self.runs(day):
            self.in_force = False
            self.expire(day)

    def live(self, events, today):
        if not events:
            return
        day, at = events[0]["_day"], 0
        while day <= max(today, events[-1]["_day"]):
            self.morning(day)
            while at < len(events) and events[at]["_day"] == day:
                self.hear(events[at])
                at += 1
            day += 1

    def said(self):
        return self.intention or self.temperature or any(self.answers.values())


def lead_of(world, customer):
    if not hasattr(customer, "lead"):
        customer.lead = Lead(world.options)
        customer.lead.live(customer.events, world.today)
        # A stage that came with a contract does not make a lead of a customer.
        customer.lead.stage_said = any(
            word_of(STAGES, "LEAD_STAGE_", event["_body"].get("stage")) for event in of_kind(customer, "leadUpdated")
        )
    return customer.lead


def stage_of(world, customer):
    """The stage and since when: whom the file names as key person has been found."""
    lead, person_day = lead_of(world, customer), profile_of(customer).key_person_day
    if lead.stage in ("not_reached", "added") and person_day is not None:
        return "key_person", max(lead.stage_day, person_day)
    return lead.stage, lead.stage_day


def expected_order(world, customer, orders):
    """The day of an order that was said to come and did not come yet; None."""
    lead = lead_of(world, customer)
    if lead.expected_day is None or (orders.last_ms is not None and orders.last_ms > lead.expected_ms):
        return None
    return lead.expected_day


def horizon_of(world, customer, orders):
    lead, options = lead_of(world, customer), world.options
    day = expected_order(world, customer, orders)
    if day is None:
        return "C" if lead.said() or lead.stage_said or lead.expected_day is not None else ""
    ahead = day - world.today
    if ahead < -options["lead.missed_days"]:
        return "C"
    for word in "HAB":
        if ahead <= options[f"lead.{word.lower()}_days"]:
            return word
    return "C"


def qualified_of(world, customer):
    answers = lead_of(world, customer).answers.values()
    if "no" in answers:
        return "no"
    if not any(answers):
        return ""
    return "yes" if all(answers) else "open"


# --- the file


def lower(text):
    """Small letters; only those of ASCII have another size."""
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in text)


def profile_of(customer):
    if hasattr(customer, "profile"):
        return customer.profile
    known, fields, person_day, kind = set(), [], None, ""
    for event in of_kind(customer, "customerUpserted"):
        body, contacts = event["_body"], event["_body"].get("contacts", [])
        texts = {
            "name": "name",
            "owner": "ownerRepId",
            "region": "region",
            "birthday": "birthday",
            "founding_day": "foundingDay",
            "cooperation_since": "cooperationSince",
            "source": "leadSource",
            "language": "language",
            "time_zone": "timeZone",
        }
        owned = known & {"owner"}  # who names no owner leaves the one who was named last
        known = {name for name, member in texts.items() if body.get(member)} | owned
        kind = body.get("type", "CUSTOMER_TYPE_UNSPECIFIED")
        if kind not in ("CUSTOMER_TYPE_UNSPECIFIED", 0):
            known.add("type")
        if body.get("creditLimit") is not None or int(body.get("creditDays", 0)) > 0:
            known.add("credit")
        if contacts:
            known.add("contact")
        of_persons = {"phone": "phone", "email": "email", "key_person": "keyPerson", "birthday": "birthday"}
        for name, member in of_persons.items():
            if any(person.get(member) for person in contacts):
                known.add(name)
        fields = []
        for field in body.get("fileFields", []):
            name = lower(field.get("name", ""))
            if field.get("value") and name not in fields and len(fields) < FIELDS_MAX:
                fields.append(name)
        if "key_person" not in known:
            person_day = None
        elif person_day is None:
            person_day = event["_day"]
    by_lead = any(event["_body"].get("leadSource") for event in of_kind(customer, "leadUpdated"))
    customer.profile = SimpleNamespace(
        known=known, fields=fields, source_by_lead=by_lead, key_person_day=person_day, type=kind
    )
    return customer.profile


OWN_FIELDS = {"name", "owner", "type", "region", "birthday", "founding_day", "cooperation_since", "contact", "phone"}
OWN_FIELDS |= {"email", "key_person", "credit", "source", "language", "time_zone"}


def completeness_of(world, customer, orders):
    """The word, how many fields are known, and how many are asked for."""
    profile = profile_of(customer)
    letter = orders.abc.lower() if orders.abc in CLASSES else "c"
    required = [lower(name) for name in world.items(f"completeness.{letter}.required")]
    known = set(profile.known)
    if orders.days > 0:
        known.add("cooperation_since")
    if profile.source_by_lead:
        known.add("source")
    count = sum(name in known if name in OWN_FIELDS else name in profile.fields for name in required)
    word = "complete" if count == len(required) else "partial" if count > 0 else "empty"
    return SimpleNamespace(value=word, known=count, required=len(required))
