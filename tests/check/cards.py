"""The figures on a customer's card and in the summary, computed anew from its orders."""
from orders import MARGIN
from world import PPM, date_of, day_text, money, parse_time

MONTHS_MAX = 36


def share_ppm(part, whole):
    return part * PPM // whole if whole > 0 and part > 0 else 0


def micros(text):
    return money(text)[0] if text is not None else None


def month_of(day):
    date = date_of(day)
    return date.year * 12 + date.month - 1


def monthly_profits(world, orders):
    """{"2026-05": micros} of the whole months since the first purchase, the newest 36."""
    if not orders.days:
        return {}
    end = month_of(world.today)
    first = max(month_of(orders.first_day), end - MONTHS_MAX)
    profits = {}
    for month in range(first, end):
        profits[f"{month // 12:04}-{month % 12 + 1:02}"] = sum(
            single_profit(world, order) for order in orders.purchases if month_of(order.day) == month
        )
    return profits


def single_profit(world, order):
    if order.cost_known:
        return order.kept - order.cost
    whole = order.kept * world.options["clv.margin"]
    return (2 * whole + PPM) // (2 * PPM)


def card_facts(world, customer, orders, ledger, served):
    """What the card must say, by the members of the card, and of its detail."""
    net, count = ledger.main.figures[customer.id]
    ranked = count > 0
    facts = {
        "net": net,
        "sharePpm": share_ppm(net, ledger.main.total),
        "orders": count,
        "purchaseDays": orders.days,
        "meanGapMilli": min(orders.mean_gap_milli(), 2**32 - 1),
        "lastOrder": orders.last_ms,
        "lastOrderAmount": orders.last_micros if orders.days else None,
        "firstOrderDay": day_text(orders.first_day) if orders.days else None,
        "lastOrderDay": day_text(orders.last_day) if orders.days else None,
        "overdueSince": getattr(orders, "overdue_ms", None),
        "margin": orders.window.margin if orders.window.costed else None,
        "costToServe": served if served > 0 else None,
    }
    detail = {
        "position": ledger.main.above_count(net) + 1 if ranked else 0,
        "abovePpm": share_ppm(ledger.main.above_sum(net), ledger.main.total) if ranked else 0,
        "ordersKnown": len(orders.all),
        "ordersCancelled": orders.cancelled,
        "ordersWithoutRate": sum(order.purchase and order.no_rate for order in orders.all),
        "ordersRefundedBeyond": sum(order.purchase and order.excess > 0 for order in orders.all),
        "ordersWithoutCost": 0,
        "months": monthly_profits(world, orders),
    }
    if world.options["abc.measure"] == MARGIN:
        detail["ordersWithoutCost"] = sum(o.purchase and not o.amount.cost_known for o in orders.all)
    return facts, detail


READ = {
    "net": micros,
    "lastOrderAmount": micros,
    "margin": micros,
    "costToServe": micros,
    "lastOrder": parse_time,
    "overdueSince": parse_time,
    "months": lambda months: {row["month"]: micros(row["profit"]) for row in months},
}


def said(message, name, mine):
    """What the service says; a member that is left out is 0, empty, or nothing."""
    if name not in message:
        return type(mine)() if mine is not None else None
    return READ.get(name, lambda value: value)(message[name])


def compare_card(comparison, world, customer, orders, ledger, served, card):
    facts, detail = card_facts(world, customer, orders, ledger, served)
    for name, mine in facts.items():
        comparison.same(customer.id, f"card {name}", mine, said(card, name, mine))
    for name, mine in detail.items():
        if name not in ("position", "abovePpm") or world.settings["processes"] == 1:
            comparison.same(customer.id, f"card {name}", mine, said(card.get("detail", {}), name, mine))


# --- the summary


def top_share(board, part_ppm):
    """What the largest part of the customers have, with all that equal the last of them."""
    if not board.values or board.total <= 0:
        return 0
    members = [v for v in board.values if board.above_count(v) * PPM < part_ppm * len(board.values)]
    return sum(max(0, value) for value in members) * PPM // board.total


def summary_facts(world, orders, ledger):
    board = ledger.main
    classes = {word: [0, 0] for word in "ABC"}
    for identity, one in orders.items():
        if not one.ordered:
            continue
        word = board.class_of(identity, world.options["abc.cut_a"], world.options["abc.cut_b"])
        classes[word][0] += 1
        classes[word][1] += max(0, board.value(identity))
    return {
        "total": board.total,
        "customersInWindow": len(board.values),
        "usualGapDays": ledger.usual_gap,
        "classes": {f"ABC_CLASS_{word}": tuple(row) for word, row in classes.items()},
        "concentration": {
            "top10Ppm": top_share(board, 100_000),
            "top20Ppm": top_share(board, 200_000),
            "largestPpm": share_ppm(max(board.values, default=0), board.total),
        },
        "grid": grid(orders),
        "ordersWithoutRate": sum(o.purchase and o.no_rate for one in orders.values() for o in one.all),
        "ordersRefundedBeyond": sum(o.purchase and o.excess > 0 for one in orders.values() for o in one.all),
    }


def grid(orders):
    cells = {}
    for one in orders.values():
        if one.r:
            cells[one.r, one.f] = cells.get((one.r, one.f), 0) + 1
    return cells


# What several processes say, each of its own customers or of all, put together.
JOIN = {
    "total": lambda said: micros(said[0]["total"]),
    "customersInWindow": lambda said: said[0].get("customersInWindow", 0),
    "usualGapDays": lambda said: said[0].get("usualGapDays", 0),
    "classes": lambda said: join_classes(said),
    "concentration": lambda said: join_concentration(said),
    "grid": lambda said: join_counts((row["r"], row["f"], row.get("customers", 0)) for row in rows_of(said, "grid")),
}


def join_classes(said):
    rows = {}
    for row in rows_of(said, "classes"):
        count, net = rows.get(row["abc"], (0, 0))
        rows[row["abc"]] = count + row.get("customers", 0), net + micros(row.get("net", "0"))
    return rows


def join_concentration(said):
    rows = [one.get("concentration", {}) for one in said]
    joined = {name: rows[0].get(name, 0) for name in ("top10Ppm", "top20Ppm")}
    return joined | {"largestPpm": max(row.get("largestPpm", 0) for row in rows)}


def rows_of(said, name):
    return [row for one in said for row in one.get(name, [])]


def join_counts(rows):
    counts = {}
    for *key, count in rows:
        if count:
            counts[tuple(key)] = counts.get(tuple(key), 0) + count
    return counts


def compare_summaries(comparison, world, said, orders, ledger):
    for name, mine in summary_facts(world, orders, ledger).items():
        join = JOIN.get(name, lambda said: sum(one.get(name, 0) for one in said))
        comparison.same("all", f"summary {name}", mine, join(said))


def count_values(comparison, said, cards_values):
    """The summaries count the values that the cards say."""
    words = [(name, word) for values in cards_values for name, word in values.items()]
    mine = join_counts((name, word, 1) for name, word in words if word and name != "value.rfm")
    theirs = join_counts((row["dimension"], row["value"], row["customers"]) for row in rows_of(said, "values"))
    for key in sorted(set(mine) | set(theirs)):
        comparison.same("all", f"summary count of {key[0]} {key[1]}", mine.get(key, 0), theirs.get(key, 0))
