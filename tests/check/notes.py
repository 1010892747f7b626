"""What follows from everything that is known of a customer apart from orders, computed slowly from the definitions:
the lead (services/scoring/lead.h), the rival, satisfaction, status, advocacy, loyalty, the file, and what people
decided by hand. Nothing is kept from event to event that could be asked of the events themselves.

    prepare(world, customers)                     once: what one customer's judgement needs of all the others
    judge_notes(world, customer, orders)          {dimension: word}, what the figures say; "" is not known
    figures_notes(world, customer, orders)        {dimension: {figure: whole number}}, to be compared where both have it
    overrides(world, customer)                    {dimension: word} decided by hand and in force today
    lead_of, care_of, profile_of(world, customer) the facts, for dimensions that ask for them

World and Customer are those of world.py. `orders` has, as attributes, what the customer's orders tell:
    ordered        an order is known, even a cancelled one
    first_ms, last_ms, first_day, last_day        of the purchases up to today; None without any
    days           purchase days up to today
    abc            exact class "A", "B", "C"; "" when not ordered
    overdue, dropped
    f              quintile of frequency, 0 without an order in the window
    refunded_ppm   share of the sales in the window that was refunded; None where nothing was sold
    orders_90_milli  expected orders of the next 90 days in thousandths; None where nothing can be expected
A dimension that is left out of the answer is not to be compared: more happened than the service promises to remember.
"""
import decimal
import math
from types import SimpleNamespace

from world import DAY_MS, PPM, day_number

POINT = 1_000_000  # of a score, in micros
HALF_LIFE_DAYS = 180
POOL_LEAST = 10  # marks of customers before their mean is taken
CONTRACTS_MAX = 4
COMPLAINTS_MAX = 4
REFERRALS_MAX = 4
BROKEN_MAX = 3
FIELDS_MAX = 32
OVERRIDES_MAX = 8
FOREVER = 10**9

decimal.getcontext().prec = 60

STAGES = ["", "not_reached", "added", "key_person", "plans", "intends", "contract_sent", "in_contract", "expired"]
INTENTIONS = ["", "slight", "unclear", "possible", "good", "very_likely"]
TEMPERATURES = ["", "denial", "cold", "warm", "hot"]
ANSWERS = ["", "yes", "no"]
ZONES = ["", "alarm", "leaving", "indifferent", "content", "delighted"]
NO_YES = ["no", "yes"]
CLASSES = ["A", "B", "C"]

WORDS = {
    "value.abc": CLASSES,
    "risk.overdue": NO_YES,
    "risk.drop": NO_YES,
    "value.tier": ["important", "secondary", "ordinary", "small"],
    "value.rfm": [f"{r}{f}{m}" for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)],
    "value.clv": ["vip", "improve", "maintain", "abandon"],
    "value.kind": [
        "transactional",
        "relational",
        "relational:best",
        "relational:promising",
        "relational:losing",
    ],
    "value.face": ["none", "red", "white", "black"],
    "demand.state": ["negative", "none", "latent", "falling", "irregular", "full", "excessive", "harmful"],
    "demand.next_order": ["later", "soon", "late"],
    "demand.lifecycle": ["awareness", "purchase", "repeat", "churn"],
    "risk.declining": NO_YES,
    "risk.rival": NO_YES,
    "risk.concentration": NO_YES,
    "lead.stage": STAGES[1:],
    "lead.intention": INTENTIONS[1:],
    "lead.temperature": TEMPERATURES[1:],
    "lead.horizon": ["H", "A", "B", "C"],
    "lead.qualified": ["no", "open", "yes"],
    "care.satisfaction": ZONES[1:],
    "care.status": ["loyal", "ordinary", "complaining", "lost"],
    "care.advocacy": ["0", "1", "2", "3"],
    "care.loyalty": ["1", "2", "3", "4", "5"],
    "file.completeness": ["empty", "partial", "complete"],
}


# --- events


def of_kind(customer, *kinds):
    return [event for event in customer.events if event["_kind"] in kinds]


def word_of(words, prefix, value):
    """The word of an enum as JSON has it, "LEAD_STAGE_PLANS" or its number."""
    if value is None:
        return ""
    if isinstance(value, int):
        return words[value] if 0 <= value < len(words) else ""
    word = value.removeprefix(prefix).lower()
    return word if word in words else ""


def mark_of(value):
    """A mark of 1 to 5; 0 where there is none."""
    mark = int(value or 0)
    return mark if 1 <= mark <= 5 else 0


def reached(event):
    return event["_kind"] == "contactLogged" and event["_body"].get("outcome") in ("CONTACT_OUTCOME_REACHED", 1)


def faded(age_ms):
    """2^(-age / 180 days); what is yet to come has not aged."""
    if age_ms <= 0:
        return decimal.Decimal(1)
    return decimal.Decimal(2) ** (-decimal.Decimal(age_ms) / (HALF_LIFE_DAYS * DAY_MS))


def faded_count(times, today_ms):
    """How many there were, each for what is left of it today; of today's own, as of the newest."""
    as_of = max([today_ms, *times])
    return sum(faded(as_of - time_ms) for time_ms in times)


def within(time_ms, today_ms, days):
    return today_ms - time_ms < days * DAY_MS


# --- the lead, lived through day by day


class Lead:
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
        self.forgotten_contracts = False

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
            self.forgotten_contracts = True
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
        # A stage that came with a contract is nothing that was said of a lead.
        customer.lead.live(customer.events, world.today)
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


# --- the rival


def signs(world, customer, orders, kind):
    """The days of the signs of a kind that still hold."""
    days = []
    for event in of_kind(customer, kind):
        younger = orders.last_ms is None or event["_ms"] > orders.last_ms
        if younger or world.today - event["_day"] <= world.options["rival.days"]:
            days.append(event["_day"])
    return days


# --- care: what was said of us and what we did


def complaints_of(customer):
    """Each complaint's life as [opened, resolved or None] in milliseconds, the oldest first; and whether more happened
    than is remembered."""
    known, lives, beyond = {}, [], False
    for event in of_kind(customer, "complaintOpened", "complaintAcknowledged", "complaintResolved"):
        identity, now = event["_body"]["complaintId"], event["_ms"]
        life = known.get(identity)
        if event["_kind"] == "complaintOpened":
            fresh = life is None or (life[1] is not None and life[1] < now)
        else:
            fresh = life is None
        if life is not None and life[1] is not None and len(known) > COMPLAINTS_MAX:
            beyond = True  # it may have been forgotten
        if fresh:
            life = [now, None]
            known[identity] = life
            lives.append(life)
        if event["_kind"] == "complaintResolved" and life[1] is None:
            life[1] = now
        if sum(life[1] is None for life in known.values()) > COMPLAINTS_MAX:
            beyond = True
    return lives, beyond


def count_referrals(customer):
    """Customers brought; one who is brought again counts once while he is among the newest four."""
    newest, count = [], 0
    for event in of_kind(customer, "referralMade"):
        other = event["_body"]["otherCustomerId"]
        count += other not in newest
        newest = ([other] + [one for one in newest if one != other])[:REFERRALS_MAX]
    return count


def care_of(customer):
    if not hasattr(customer, "care"):
        care = SimpleNamespace()
        surveys = [e for e in of_kind(customer, "surveyAnswered") if mark_of(e["_body"].get("score"))]
        care.marks = [(event["_ms"], mark_of(event["_body"]["score"])) for event in surveys]
        care.expected = mark_of(surveys[-1]["_body"].get("expected")) if surveys else 0
        care.complaints, care.beyond = complaints_of(customer)
        care.open = [life for life in care.complaints if life[1] is None]
        care.resolved = [life[1] for life in care.complaints if life[1] is not None]
        care.praises = [event["_ms"] for event in of_kind(customer, "praiseReceived")]
        care.referrals = count_referrals(customer)
        care.referral_times = [event["_ms"] for event in of_kind(customer, "referralMade")]
        ratings = [e for e in of_kind(customer, "cooperationRated") if mark_of(e["_body"].get("score"))]
        care.cooperation = mark_of(ratings[-1]["_body"]["score"]) if ratings else 0
        loyal = [(e["_ms"], mark_of(e["_body"].get("loyalty"))) for e in ratings if mark_of(e["_body"].get("loyalty"))]
        care.loyalty_ms, care.loyalty = loyal[-1] if loyal else (None, 0)
        care.broken = [event["_ms"] for event in of_kind(customer, "promiseBroken")]
        care.mark = care.marks[-1][1] if care.marks else 0
        customer.care = care
    return customer.care


def prepare(world, customers):
    """The mean of all customers' newest marks, once ten have answered."""
    all_customers = customers.values() if isinstance(customers, dict) else customers
    marks = [care_of(customer).mark for customer in all_customers if care_of(customer).mark]
    world.mean_mark_micros = None
    if len(marks) >= POOL_LEAST:
        world.mean_mark_micros = (2 * sum(marks) * POINT + len(marks)) // (2 * len(marks))


def held_score(micros):
    return max(POINT, min(5 * POINT, micros))


def satisfaction_of(world, customer, orders):
    """The word, the score in micros and the expected retention in ppm; 0 where nothing was ever answered."""
    care, options = care_of(customer), world.options
    if not care.marks:
        return SimpleNamespace(value="", score=0, retention=0)
    base = max(world.today_ms, care.marks[-1][0])
    weights = [(faded(base - time_ms), mark) for time_ms, mark in care.marks]
    mean = world.mean_mark_micros or world.micros("satisfaction.prior")
    prior = options["satisfaction.prior_weight"]
    mass = prior + sum(weight for weight, _ in weights)
    total = prior * mean + sum(weight * mark for weight, mark in weights) * POINT
    plain = held_score(math.floor(total / mass + decimal.Decimal("0.5")))
    complaints = len(care.open) + faded_count(care.resolved, world.today_ms)
    promises = faded_count(care.broken, world.today_ms)
    penalty = math.floor(
        complaints * world.micros("satisfaction.complaint_penalty") + promises * world.micros("satisfaction.promise_penalty")
    )
    penalty += (orders.refunded_ppm or 0) * world.micros("satisfaction.refund_penalty") // PPM
    score = held_score(plain - min(penalty, world.micros("satisfaction.penalty_max")))
    table = [options[f"satisfaction.retention_{mark}"] for mark in range(1, 6)] + [0]
    low, rest = divmod(score, POINT)
    retention = table[low - 1] + (table[low] - table[low - 1]) * rest // POINT if rest else table[low - 1]
    fresh = within(care.marks[-1][0], world.today_ms, options["satisfaction.fresh_days"])
    mark = care.mark if fresh else (score + POINT // 2) // POINT
    return SimpleNamespace(value=ZONES[mark], score=score, retention=retention)


def next_survey(world, customer, orders):
    """When the next question is due; None: it is not planned."""
    care, options = care_of(customer), world.options
    abc = orders.abc.lower() if orders.abc in ("A", "B") else "c"
    due = []
    if care.marks and options[f"satisfaction.ask_days_{abc}"]:
        due.append(care.marks[-1][0] + options[f"satisfaction.ask_days_{abc}"] * DAY_MS)
    if not care.marks and orders.first_ms is not None and options["satisfaction.ask_purchase_days"]:
        due.append(orders.first_ms + options["satisfaction.ask_purchase_days"] * DAY_MS)
    if care.resolved and options["satisfaction.ask_complaint_days"]:
        if not care.marks or care.marks[-1][0] < max(care.resolved):
            due.append(max(care.resolved) + options["satisfaction.ask_complaint_days"] * DAY_MS)
    return min(due, default=None)


def silence_of(world, customer, orders):
    """Days since the last purchase or real contact; None: there was none."""
    days = [event["_day"] for event in customer.events if reached(event)]
    if orders.last_day is not None:
        days.append(orders.last_day)
    return max(0, world.today - max(days)) if days else None


def need_lost(world, customer, orders):
    return bool(signs(world, customer, orders, "needLost"))


def is_sore(world, care):
    """A complaint was resolved lately, and the newest answer since does not say that all is well."""
    if not care.resolved or not within(max(care.resolved), world.today_ms, world.options["aftersales.recovery_days"]):
        return False
    answered = care.marks and care.marks[-1][0] >= max(care.resolved)
    return not answered or care.mark < world.options["aftersales.content"]


def status_of(world, customer, orders):
    care, options = care_of(customer), world.options
    satisfaction = satisfaction_of(world, customer, orders).value
    silence = silence_of(world, customer, orders)
    alarmed = satisfaction == "alarm" and silence is not None and silence > options["aftersales.silent_days"]
    lost = orders.dropped or need_lost(world, customer, orders) or alarmed
    recovery = options["aftersales.recovery_days"]
    if care.open and (not lost or any(within(life[0], world.today_ms, recovery) for life in care.open)):
        return "complaining"
    if lost:
        return "lost"
    if is_sore(world, care):
        return "complaining"
    loyalty = loyalty_of(world, customer, orders).ppm
    firm = satisfaction in ("", "content", "delighted") and loyalty is not None and loyalty >= options["aftersales.loyal"]
    if orders.days >= options["aftersales.loyal_buys"] and not orders.overdue and (satisfaction == "delighted" or firm):
        return "loyal"
    heard = orders.days > 0 or silence is not None or care.marks or care.complaints or care.praises or care.referrals
    return "ordinary" if heard else ""


def advocacy_of(world, customer, orders):
    care, options = care_of(customer), world.options

    def counts(times, days):
        return bool(times) and (days == 0 or within(max(times), world.today_ms, days))

    if orders.days == 0 and not care.referral_times and not care.praises:
        return ""
    again = orders.days >= options["advocacy.buys"] and not orders.overdue and not orders.dropped
    refers = counts(care.referral_times, options["advocacy.referral_days"])
    praises = counts(care.praises, options["advocacy.praise_days"])
    return str(again + refers + praises)


def loyalty_of(world, customer, orders):
    """The word, the whole in ppm (None: not known), and the parts in ppm that are known, by name."""
    care, options = care_of(customer), world.options
    parts = {}
    if orders.f:
        parts["frequency"] = (orders.f - 1) * PPM // 4
    if orders.first_day is not None:
        full = options["loyalty.full_tenure_days"]
        parts["tenure"] = min(PPM, (world.today - orders.first_day) * PPM // full)
    if orders.orders_90_milli is not None:
        chance = -math.expm1(-orders.orders_90_milli / 1000)
        parts["buying"] = max(0, min(PPM, math.floor(chance * PPM + 0.5)))
    if orders.refunded_ppm is not None:
        parts["keeping"] = max(0, PPM - orders.refunded_ppm)
    if care.loyalty and within(care.loyalty_ms, world.today_ms, options["loyalty.rating_days"]):
        parts["rating"] = (care.loyalty - 1) * PPM // 4
    weights = {name: options[f"loyalty.{name}_weight"] for name in parts}
    if sum(weights.values()) == 0 or not ("tenure" in parts or "rating" in parts):
        return SimpleNamespace(value="", ppm=None, parts=parts)
    ppm = sum(parts[name] * weights[name] for name in parts) // sum(weights.values())
    return SimpleNamespace(value=str(min(5, 1 + ppm * 5 // PPM)), ppm=ppm, parts=parts)


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
        known = {name for name, member in texts.items() if body.get(member)}
        kind = body.get("type", "CUSTOMER_TYPE_UNSPECIFIED")
        if kind not in ("CUSTOMER_TYPE_UNSPECIFIED", 0):
            known.add("type")
        if body.get("creditLimit") is not None or int(body.get("creditDays", 0)) > 0:
            known.add("credit")
        if contacts:
            known.add("contact")
        for member, name in (("phone", "phone"), ("email", "email"), ("keyPerson", "key_person"), ("birthday", "birthday")):
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


# --- what people decided


def words_of(world, dimension):
    """The words of a dimension; None: there is no such dimension."""
    if dimension == "value.policy":
        return [str(row["class"]) for row in world.items("policy.classes")]
    if any(dimension == f"value.abc.{row['name']}" for row in world.items("schemes")):
        return CLASSES
    return WORDS.get(dimension)


def meant_word(words, said):
    """The word that is meant; capitals do not matter. None: none is."""
    if said in words:
        return said
    return next((word for word in words if lower(word) == lower(said)), None)


def overrides(world, customer):
    newest = {}  # the oldest decision first
    for event in of_kind(customer, "valueOverridden"):
        body = event["_body"]
        dimension, said = body.get("dimension", ""), body.get("value", "")
        words = words_of(world, dimension)
        if words is None:
            continue
        word = meant_word(words, said) if said else ""
        unanswered = not body.get("by") or not body.get("until")
        if word is None or (dimension == "value.face" and word == "black" and unanswered):
            continue
        newest.pop(dimension, None)
        if word:
            newest[dimension] = (word, day_number(body["until"]) if body.get("until") else FOREVER)
        if len(newest) > OVERRIDES_MAX:
            del newest[next(iter(newest))]
    return {dimension: word for dimension, (word, until) in newest.items() if world.today <= until}


# --- all of them


def judge_notes(world, customer, orders):
    lead, care = lead_of(world, customer), care_of(customer)
    rival = signs(world, customer, orders, "competitorSeen") + signs(world, customer, orders, "needLost")
    values = {
        "lead.stage": stage_of(world, customer)[0],
        "lead.intention": lead.intention,
        "lead.temperature": lead.temperature,
        "lead.horizon": horizon_of(world, customer, orders),
        "lead.qualified": qualified_of(world, customer),
        "risk.rival": "yes" if rival else "no",
        "care.satisfaction": satisfaction_of(world, customer, orders).value,
        "care.status": status_of(world, customer, orders),
        "care.advocacy": advocacy_of(world, customer, orders),
        "care.loyalty": loyalty_of(world, customer, orders).value,
        "file.completeness": completeness_of(world, customer, orders).value,
    }
    if care.beyond:
        del values["care.status"], values["care.satisfaction"]
    return values


# Figures that come of long sums of fading weights, which the service adds in whole numbers: by how much they may differ.
SLACK = {"share_of_best_score": 1, "expected_retention": 2}


def dates(name, day):
    return {} if day is None else {name: day}


def figures_notes(world, customer, orders):
    lead, care = lead_of(world, customer), care_of(customer)
    rival = signs(world, customer, orders, "competitorSeen") + signs(world, customer, orders, "needLost")
    satisfaction, loyalty = satisfaction_of(world, customer, orders), loyalty_of(world, customer, orders)
    completeness = completeness_of(world, customer, orders)
    silence, survey = silence_of(world, customer, orders), next_survey(world, customer, orders)
    expected, over = expected_order(world, customer, orders), lead.over_day()
    figures = {
        "lead.stage": {"objections": lead.objections, **dates("since", stage_of(world, customer)[1])},
        "lead.intention": {"level": INTENTIONS.index(lead.intention), **dates("since", lead.intention_day)},
        "lead.temperature": {**dates("since", lead.warm_day), **dates("last_touch", lead.touch_day)},
        "lead.horizon": dates("expected", expected),
        "lead.qualified": {"yes": sum(answer == "yes" for answer in lead.answers.values())},
        "risk.rival": dates("newest_sign", max(rival, default=None)),
        "care.satisfaction": {
            "answers": len(care.marks),
            "open_complaints": len(care.open),
            "complaints": len(care.complaints),
            "broken_promises": len(care.broken),
            **dates("next_survey", survey),
        },
        "care.status": {
            "purchase_days": orders.days,
            "complaints": len(care.complaints),
            "open_complaints": len(care.open),
            "broken_promises": len(care.broken),
            **({} if silence is None else {"silence": silence * 1000}),
            **({} if loyalty.ppm is None else {"loyalty": loyalty.ppm}),
            **dates("open_since", min((life[0] for life in care.open), default=None)),
            **dates("last_resolved", max(care.resolved, default=None)),
        },
        "care.advocacy": {"purchase_days": orders.days, "referrals": care.referrals, "praises": len(care.praises)},
        "care.loyalty": {} if loyalty.ppm is None else {"loyalty": loyalty.ppm},
        "file.completeness": {"known": completeness.known, "required": completeness.required},
    }
    if over is not None and over < FOREVER:
        figures["lead.stage"]["contract_until"] = over - 1
    if care.marks:
        figures["care.satisfaction"].update(
            answer=care.mark,
            answered_at=care.marks[-1][0],
            share_of_best_score=satisfaction.score // 5,
            expected_retention=satisfaction.retention,
        )
        if len(care.marks) > 1:
            figures["care.satisfaction"]["answer_before"] = care.marks[-2][1]
        if care.expected:
            figures["care.satisfaction"]["expected"] = care.expected
    names = {"frequency": "frequency_part", "tenure": "tenure_part", "buying": "buys_in_90_days"}
    names |= {"keeping": "kept_of_sales", "rating": "rating_part"}
    if loyalty.ppm is not None:
        figures["care.loyalty"].update({names[name]: ppm for name, ppm in loyalty.parts.items()})
    if care.beyond:
        del figures["care.status"], figures["care.satisfaction"]
    return figures
