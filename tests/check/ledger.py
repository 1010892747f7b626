"""What customers are worth among each other (services/scoring/ledger.h, limits.h, rfm.h): classes, tiers, schemes,
scores, concentration, what is overdue; and how often silent customers return (dwyer.h). All of them in one list, each
compared with every other."""
import decimal

from world import DAY_MS, PPM

GAP_DAYS_MAX = 3650
MEASURE_OF_ABC = 31


class Board:
    """Customers by their value in one measure and window; those with an order in it."""

    def __init__(self, orders, measure, window_days):
        self.figures = {identity: one.net(measure, window_days) for identity, one in orders.items()}
        self.values = [net for net, count in self.figures.values() if count > 0]
        self.counts = [count for net, count in self.figures.values() if count > 0]
        self.total = sum(value for value in self.values if value > 0)

    def value(self, identity):
        """Nothing without an order in the window."""
        net, count = self.figures[identity]
        return net if count > 0 else 0

    def above_sum(self, value):
        return sum(other for other in self.values if other > value and other > 0)

    def above_count(self, value):
        return sum(1 for other in self.values if other > value)

    def class_of(self, identity, cut_a, cut_b):
        value = self.value(identity)
        above = self.above_sum(value) * PPM
        for word, cut in (("A", cut_a), ("B", cut_b)):
            if value > 0 and above < cut * self.total:
                return word
        return "C"

    def tier_of(self, identity, parts):
        value = self.value(identity)
        above = self.above_count(value) * PPM
        for word, part in parts:
            if value > 0 and above < part * len(self.values):
                return word
        return "small"


class Ledger:
    """The boards, and what each customer's orders are given of them. `as_of_ms`: each customer's clock."""

    def __init__(self, world, orders, as_of_ms):
        self.world, self.orders, self.as_of_ms = world, orders, as_of_ms
        options = world.options
        self.main = Board(orders, options["abc.measure"], options["abc.window_days"])
        self.schemes = [(item, Board(orders, item["measure"], item["window_days"])) for item in world.items("schemes")]
        self.usual_gap = self.find_usual_gap()
        self.scored, self.rfm_bounds = self.scored_board()
        for identity, one in orders.items():
            self.judge(identity, one)

    def find_usual_gap(self):
        gaps = sorted(min(gap, GAP_DAYS_MAX) for one in self.orders.values() for gap in one.gaps)
        if not gaps or len(gaps) < self.world.options["drop.min_gaps"]:
            return 0
        needed = -(-len(gaps) * self.world.options["drop.percentile"] // PPM)
        return gaps[needed - 1]

    def scored_board(self):
        options = self.world.options
        measure, window = options["rfm.measure"], options["rfm.window_days"]
        measure = options["abc.measure"] if measure == MEASURE_OF_ABC else measure
        board = Board(self.orders, measure, window or options["abc.window_days"])
        days, counts = ([int(text) for text in self.world.items(name)] for name in ("rfm.r_days", "rfm.f_orders"))
        return board, [days, counts, [int(decimal.Decimal(text) * PPM) for text in self.world.items("rfm.m_amount")]]

    def judge(self, identity, one):
        options = self.world.options
        one.abc = one.tier = one.rfm = ""
        one.r = one.f = one.m = 0
        one.overdue, one.dropped = self.is_overdue(identity, one), self.is_dropped(identity, one)
        value = self.main.value(identity)
        one.concentrated = (
            len(self.main.values) >= options.get("concentration.min_customers", 0)
            and value * PPM > options["concentration.share"] * self.main.total > 0
        )
        one.key_cut = self.key_cut()
        self.score(identity, one)
        if not one.ordered:
            return
        one.abc = self.main.class_of(identity, options["abc.cut_a"], options["abc.cut_b"])
        parts = [(word, options[f"tiers.{word}"]) for word in ("important", "secondary", "ordinary")]
        one.tier = self.main.tier_of(identity, parts)
        one.rfm = f"{one.r}{one.f}{one.m}" if one.r else ""

    def key_cut(self):
        """The least value in the upper two tiers; None without any."""
        part = self.world.options["tiers.secondary"]
        key = [v for v in self.main.values if self.main.above_count(v) * PPM < part * len(self.main.values)]
        return min(key, default=None)

    def score(self, identity, one):
        net, count = self.scored.figures[identity]
        if count == 0:
            return
        lasts = [other.last_ms for name, other in self.orders.items() if self.scored.figures[name][1] > 0]
        r_bounds, f_bounds, m_bounds = self.rfm_bounds
        one.r = 5 - sum(one.silent_days > bound for bound in r_bounds) if r_bounds else fifth(lasts, one.last_ms)
        one.f = 1 + sum(count >= bound for bound in f_bounds) if f_bounds else fifth(self.scored.counts, count)
        one.m = 1 + sum(net >= bound for bound in m_bounds) if m_bounds else fifth(self.scored.values, net)

    def is_overdue(self, identity, one):
        """Silent for longer than so many times its own mean gap."""
        options = self.world.options
        if one.days <= options["overdue.min_repeats"]:
            return False
        one.overdue_ms = one.last_ms + (one.last_day - one.first_day) * DAY_MS * options["overdue.factor"] // (
            PPM * (one.days - 1)
        )
        return self.as_of_ms[identity] > one.overdue_ms

    def is_dropped(self, identity, one):
        if self.usual_gap == 0 or one.days == 0 or one.days <= self.world.options["drop.min_repeats"]:
            return False
        return self.as_of_ms[identity] - one.last_ms > self.usual_gap * DAY_MS

    def values(self, identity):
        one = self.orders[identity]
        if not one.ordered:
            names = ["value.abc", "value.tier", "value.rfm", "risk.overdue", "risk.drop", "risk.concentration"]
            return dict.fromkeys(names + [f"value.abc.{item['name']}" for item, _ in self.schemes], "")
        values = {
            "value.abc": one.abc,
            "value.tier": one.tier,
            "value.rfm": one.rfm,
            "risk.overdue": "yes" if one.overdue else "no",
            "risk.drop": "yes" if one.dropped else "no",
            "risk.concentration": "yes" if one.concentrated else "no",
        }
        for item, board in self.schemes:
            values[f"value.abc.{item['name']}"] = board.class_of(identity, item["cut_a"], item["cut_b"])
        return values

    def figures(self, identity):
        one, board = self.orders[identity], self.main
        figures = {"value.abc": {"net_sales": board.figures[identity][0], "orders": board.figures[identity][1]}}
        figures["risk.drop"] = {"usual_gap": self.usual_gap * 1000, "purchase_days": one.days}
        figures["risk.overdue"] = {"purchase_days": one.days}
        return figures


def fifth(values, value):
    less = sum(1 for other in values if other < value)
    return 1 + 5 * less // len(values)


def returns_ppm(world, orders):
    """The chances to buy in the 1st, 2nd ... period since the last purchase, and whether they are known."""
    length, states = world.options["clv.dwyer.period_days"], world.options["clv.dwyer.periods"]
    exposed, bought = [0] * states, [0] * states
    for one in orders.values():
        for gap in (min(gap, GAP_DAYS_MAX) for gap in one.gaps):
            period = -(-gap // length)
            for place in range(min(period, states)):
                exposed[place] += length
            if period <= states:
                bought[period - 1] += 1
        for place in range(states):  # a silence that still lasts
            exposed[place] += max(0, min(length, (one.silent_days or 0) - place * length))
    own = 0
    while own < states and exposed[own] > 0 and exposed[own] >= world.options["clv.dwyer.least"] * length:
        own += 1
    chances = []
    for place in range(states):
        days, times = (exposed[place], bought[place]) if place < own else (sum(exposed[own:]), sum(bought[own:]))
        chances.append(min(PPM, times * length * PPM // days) if days else 0)
    return chances, own > 0
