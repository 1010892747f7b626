#!/usr/bin/env python3
"""Computes every dimension of every customer anew from the accepted events alone, straightforward and slow, and
compares with what the service said.

    recompute.py [--quiet] FOLDER...

FOLDER is what pipeline_recompute wrote: events.jsonl, settings.json, summaries.jsonl, cards.jsonl. Prints a line for
each difference, with the folder, the customer, the dimension and both values. Exit 1 when there is any."""
import os
import sys

import cards
import fits
import notes
from buying import Spending, model_of
from course import Book, Course, Either
from ledger import Ledger, returns_ppm
from orders import Orders
from world import parse_time, read_world

# Figures that come of models, of rates in fixed point, or are rounded: by how much they may differ, in parts and in
# units.
LOOSE = {
    "next_12_months": (1e-6, 2),
    "expected_amount": (1e-9, 1),
    "still_a_customer": (0, 1),
    "orders_30_days_milli": (1e-6, 1),
    "orders_90_days_milli": (1e-6, 1),
    "orders_365_days_milli": (1e-6, 1),
}


class Comparison:
    def __init__(self, folder, quiet):
        self.folder, self.quiet, self.differences, self.compared = folder, quiet, 0, 0

    def same(self, customer, what, mine, theirs):
        self.compared += 1
        if theirs in mine if isinstance(mine, Either) else mine == theirs:
            return
        self.differences += 1
        if not self.quiet:
            print(f"{self.folder}: {customer} {what}: recomputed {mine!r}, the service says {theirs!r}")

    def near(self, customer, what, mine, theirs, slack):
        part, units = slack
        if abs(mine - theirs) <= max(units, abs(mine) * part):
            self.compared += 1
        else:
            self.same(customer, what, mine, theirs)


def card_values(card):
    """What the figures say, the words of people apart; the figures; and what people decided."""
    values, figures, decided = {}, {}, {}
    for dimension in card.get("dimensions", []):
        name, word = dimension["name"], dimension.get("value", "")
        if "overridden" in dimension:
            decided[name] = word
            word = dimension.get("machine", "")
        values[name] = word
        figures[name] = {figure["name"]: int(figure.get("value", 0)) for figure in dimension.get("figures", [])}
    return values, figures, decided


def card_words(card):
    return {dimension["name"]: dimension.get("value", "") for dimension in card.get("dimensions", [])}


def make_book(world, customers, summaries, said):
    orders = {identity: Orders(world, customer) for identity, customer in customers.items()}
    clocks = [parse_time(summary["asOf"]) for summary in summaries]
    as_of_ms = {identity: clocks[card["process"]] for identity, card in said.items()}
    ledger, summary = Ledger(world, orders, as_of_ms), summaries[0]  # the models are the same in all
    spending = Spending(summary, [mean for _, mean in repeat_means(orders)])
    return orders, ledger, Book(world, orders, ledger, model_of(summary), spending)


def repeat_means(orders):
    """(x, what each brought) of the customers whose x repeat purchase days brought anything."""
    means = []
    for one in orders.values():
        if one.days > 1:
            rest = sum(order.kept for order in one.purchases if order.day > one.first_day)
            means.append((one.days - 1, rest / 1e6 / (one.days - 1)))
    return [row for row in means if row[1] > 0]


def compare_customer(comparison, world, customer, one, book, card):
    values, figures, decided = card_values(card)
    future = book.futures.get(customer.id)
    one.orders_90_milli = None if future is None else future.orders_milli[90]
    mine = book.ledger.values(customer.id)
    course = Course(world, customer, one, book)
    mine |= course.values() | notes.judge_notes(world, customer, one)
    counted = book.ledger.figures(customer.id) | course.figures
    for name, named in notes.figures_notes(world, customer, one).items():
        counted.setdefault(name, {}).update(named)
    for name, word in values.items():
        if name in mine:
            comparison.same(customer.id, name, mine[name], word)
    for name in mine:
        if name not in values:
            comparison.same(customer.id, name, mine[name], None)
    for name, named in counted.items():
        for figure, number in named.items():
            if figure in figures.get(name, {}):
                number, within = number if isinstance(number, tuple) else (number, 0)
                slack = LOOSE.get(figure) or (0, max(within, notes.SLACK.get(figure, 0)))
                comparison.near(customer.id, f"{name} {figure}", number, figures[name][figure], slack)
    cards.compare_card(comparison, world, customer, one, book.ledger, course.served, card)
    comparison.same(customer.id, "decisions", notes.overrides(world, customer), decided)


def compare_chances(comparison, world, summary, orders):
    model = summary.get("model", {})
    chances, known = returns_ppm(world, orders)
    comparison.same("all", "chances to return", chances if known else [], model.get("returnPpm", []))


def compare(folder, quiet=False):
    world, customers, summaries, said = read_world(folder)
    comparison = Comparison(folder, quiet)
    orders, ledger, book = make_book(world, customers, summaries, said)
    for identity, one in orders.items():
        one.f = one.f or 0
    notes.prepare(world, customers)
    compare_chances(comparison, world, summaries[0], orders)
    fits.compare_fits(comparison, summaries[0], orders, repeat_means(orders))
    cards.compare_summaries(comparison, world, summaries, orders, ledger)
    cards.count_values(comparison, summaries, [card_words(card) for card in said.values()])
    for identity in sorted(set(customers) | set(said)):
        if identity not in said or identity not in customers:
            comparison.same(identity, "is known", identity in customers, identity in said)
            continue
        compare_customer(comparison, world, customers[identity], orders[identity], book, said[identity])
    return comparison


def main():
    names = [name for name in sys.argv[1:] if name != "--quiet"]
    if not names:
        print(__doc__, file=sys.stderr)
        return 2
    compared = differences = 0
    for name in names:
        for folder in [name] if os.path.exists(os.path.join(name, "cards.jsonl")) else runs_of(name):
            comparison = compare(folder, "--quiet" in sys.argv)
            compared, differences = compared + comparison.compared, differences + comparison.differences
    print(f"{compared} values compared, {differences} differ")
    return 1 if differences or not compared else 0


def runs_of(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.isdigit())


if __name__ == "__main__":
    sys.exit(main())
