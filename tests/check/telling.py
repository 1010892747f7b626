"""What the events of a customer tell, one at a time: picking them out and reading their words."""

ANSWERS = ["", "yes", "no"]


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
