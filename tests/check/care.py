"""Care (services/scoring/care.h): surveys, complaints, praise, referrals, ratings and broken promises, and what is
judged by them: satisfaction.h, aftersales.h, advocacy.h, loyalty.h; and the signs of a rival (rival.h)."""
import decimal
import math
from types import SimpleNamespace

from telling import mark_of, of_kind, reached
from world import DAY_MS, PPM

POINT = 1_000_000  # of a score, in micros
HALF_LIFE_DAYS = 180
POOL_LEAST = 10  # customers who answered, before the mean of their marks is taken
COMPLAINTS_MAX = 4
REFERRALS_MAX = 4
ZONES = ["", "alarm", "leaving", "indifferent", "content", "delighted"]

decimal.getcontext().prec = 60


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


def signs(world, customer, orders, kind):
    """The days of the signs of a kind that still hold."""
    days = []
    for event in of_kind(customer, kind):
        younger = orders.last_ms is None or event["_ms"] > orders.last_ms
        if younger or world.today - event["_day"] <= world.options["rival.days"]:
            days.append(event["_day"])
    return days


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
        complaints * world.micros("satisfaction.complaint_penalty")
        + promises * world.micros("satisfaction.promise_penalty")
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
    calm = satisfaction in ("", "content", "delighted")
    firm = satisfaction == "delighted" or (calm and loyalty is not None and loyalty >= options["aftersales.loyal"])
    if firm and orders.days >= options["aftersales.loyal_buys"] and not orders.overdue:
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
