"""What follows from everything that is known of a customer apart from orders, computed slowly from the definitions:
the lead (services/scoring/lead.h), the rival, satisfaction, status, advocacy, loyalty, the file, and what people
decided by hand. Nothing is kept from event to event that could be asked of the events themselves.

    prepare(world, customers)               once: what one customer's judgement needs of all the others
    judge_notes(world, customer, orders)    {dimension: word}, what the figures say; "" is not known
    figures_notes(world, customer, orders)  {dimension: {figure: whole number}}, to be compared where both have it
    overrides(world, customer)              {dimension: word} decided by hand and in force today
    lead_of(world, customer), care_of(customer), profile_of(customer)
                                            the facts, for dimensions that ask for them; lead.py and care.py have them

World and Customer are those of world.py. `orders` has, as attributes, what the customer's orders tell:
    first_ms, last_ms, first_day, last_day  of the purchases up to today; None without any
    days                                    with a purchase, up to today
    abc                                     exact class "A", "B", "C"; any other without an order
    overdue, dropped                        exact, too
    f                                       quintile of frequency, 0 without an order in the window
    refunded_ppm                            share of the sales in the window that was refunded; None: nothing was sold
    orders_90_milli                         expected orders of the next 90 days in thousandths; None: nobody can say
A dimension that is left out of the answer is not to be compared: more happened than the service promises to remember.
"""
from care import ZONES, advocacy_of, care_of, loyalty_of, next_survey, prepare, satisfaction_of, signs, silence_of
from care import status_of
from lead import CLASSES, FOREVER, INTENTIONS, STAGES, TEMPERATURES, completeness_of, expected_order, horizon_of
from lead import lead_of, lower, profile_of, qualified_of, stage_of
from telling import of_kind
from world import day_number

OVERRIDES_MAX = 8
NO_YES = ["no", "yes"]

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


# Figures that come of fading weights, which the service adds in whole numbers: by how much they may differ.
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
