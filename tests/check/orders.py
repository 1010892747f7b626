"""What a customer's orders come to: each order from its events (services/scoring/order.h), the purchases (trail.h), and
what is read off their days and amounts (series.h). Whole numbers wherever the service has them; rates and weights as
fractions or in floating point, where the service uses fixed point."""
import datetime
import math
from fractions import Fraction

from world import INT64_MAX, MICROS, PPM, date_of, day_number, half_away, held, money, truncated

NET, QUANTITY, MARGIN = 0, 1, 2
REFUNDS_MAX = 64
GAP_DAYS_MAX = 36525
YEAR_DAYS = 365
SEASON_STRENGTH_MILLI = 19675
PPM_MAX = 1_000_000_000
EDGE_PPM = 3  # what fixed point may cost a rate


def ratio_ppm(part, whole):
    """Parts per million, rounded down, held within a thousandfold."""
    return max(-PPM_MAX, min(PPM_MAX, part * PPM // whole))


# --- one order


class Amount:
    """An order as one version of it says."""

    def __init__(self, body):
        lines = body.get("lines", [])
        total, around = money(body.get("total")), body.get("currency", "")
        first = money(lines[0].get("price")) if lines and total is None else None
        codes = [total[1] if total else "", around, first[1] if first else ""]
        self.currency = next(filter(None, codes), "")
        self.total = total[0] if total else half_away(sum(map(line_worth, lines)), 1000 * PPM)
        self.quantity_milli = sum(int(line.get("quantityMilli", 0)) for line in lines)
        self.discounted = any(line.get("discountPpm", 0) > 0 for line in lines)
        costs = [money(line.get("cost")) for line in lines]
        own = [cost is not None and (cost[1] or around or self.currency) == self.currency for cost in costs]
        self.cost_known = bool(lines) and all(own)
        self.cost = sum(cost[0] for cost in costs) if self.cost_known else 0


def line_worth(line):
    """quantity * price * (1 - discount), times a thousand million."""
    price = money(line.get("price"))
    return int(line.get("quantityMilli", 0)) * price[0] * (PPM - line.get("discountPpm", 0)) if price else 0


class Order:
    """The facts of one order, from its events in any order."""

    def __init__(self, world, events):
        placed = [event for event in events if event["_kind"] == "orderPlaced"]
        amended = [event for event in events if event["_kind"] == "orderAmended"]
        versions = placed + amended
        self.known = bool(versions)
        self.cancelled = any(event["_kind"] == "orderCancelled" for event in events)
        if not self.known:
            return
        self.time_ms = min(event["_ms"] for event in placed or amended)
        self.day = world.day_of(self.time_ms)
        newest = max(versions, key=lambda event: (event["_ms"], f"{event['source']}/{event['id']}".encode()))
        self.amount = Amount(newest["_body"])
        refunds = [event for event in events if event["_kind"] == "orderRefunded"]
        self.refunds = sorted(refunds, key=lambda event: (event["_ms"], event["_key"]))[:REFUNDS_MAX]
        self.purchase = not self.cancelled and self.amount.total > 0
        self.counts = self.amount.total > 0
        self.weigh(world)

    def weigh(self, world):
        """What it is worth, as a whole and after each refund."""
        amount, self.no_rate, self.excess = self.amount, False, 0
        self.rate = world.rate(amount.currency, self.day)
        self.worth = self.convert(amount.total)
        self.refunded, self.steps = 0, []  # what was refunded up to then, from which day on
        for event in self.refunds:
            micros = self.refund_micros(world, event)
            if micros is None:
                self.no_rate = True
                continue
            left = amount.total - self.refunded
            self.excess += max(0, micros - left)
            self.refunded += min(micros, left)
            self.steps.append((max(self.day, event["_day"]), self.refunded))
        self.no_rate = self.no_rate or self.rate is None
        self.kept = self.worth - self.convert(self.refunded)
        self.cost_known = amount.cost_known and self.rate is not None
        self.cost = self.convert(amount.cost * (amount.total - self.refunded) // amount.total) if self.counts else 0

    def convert(self, micros):
        return 0 if self.rate is None else held(half_away(micros * self.rate, MICROS))

    def refund_micros(self, world, event):
        """The refund in the order's currency; None without a rate."""
        micros, currency = money(event["_body"]["amount"])
        if currency == self.amount.currency:
            return micros
        there, here = world.rate(currency, self.day), self.rate
        return None if there is None or here is None else (micros * there + here // 2) // here

    def value(self, measure):
        amount = self.amount
        if measure == QUANTITY:
            return max(0, amount.quantity_milli) * 1000
        if measure == NET:
            return self.worth
        return self.convert(amount.total - amount.cost) if amount.cost_known else 0

    def taken_back(self, measure, refunded):
        """What is gone of the value once so much was refunded: all of it with the last of the money."""
        if measure == NET:
            return self.convert(refunded)
        return max(0, self.value(measure)) * refunded // self.amount.total

    def lines(self, measure, on_order_day):
        """(day, value, orders) that it adds to its customer."""
        if not self.purchase:
            return []
        lines, before = [(self.day, self.value(measure), 1)], 0
        for day, refunded in self.steps:
            after = self.taken_back(measure, refunded)
            lines.append((self.day if on_order_day else day, before - after, 0))
            before = after
        return lines


# --- all of a customer


class Orders:
    """What the orders of a customer come to; the ledger adds class, tier, scores, what is overdue."""

    def __init__(self, world, customer):
        by_id = {}
        for event in customer.events:
            if event["_kind"] in ("orderPlaced", "orderAmended", "orderCancelled", "orderRefunded"):
                by_id.setdefault(event["_body"]["orderId"], []).append(event)
        self.customer, self.today = customer, world.today
        self.ordered = bool(by_id)
        self.all = [Order(world, events) for events in by_id.values()]
        self.cancelled = sum(order.cancelled for order in self.all)
        self.all = [order for order in self.all if order.known]
        bought = [order for order in self.all if order.purchase]
        self.purchases = sorted((o for o in bought if o.day <= world.today), key=lambda o: o.time_ms)
        self.day_list = sorted({order.day for order in self.purchases})
        self.days = len(self.day_list)
        self.first_ms = self.purchases[0].time_ms if self.purchases else None
        self.last_ms = self.purchases[-1].time_ms if self.purchases else None
        self.first_day = self.day_list[0] if self.day_list else None
        self.last_day = self.day_list[-1] if self.day_list else None
        self.last_micros = max((o.worth for o in self.purchases if o.time_ms == self.last_ms), default=0)
        self.age_days = world.today - self.first_day if self.days else 0
        self.silent_days = world.today - self.last_day if self.days else None
        self.life = Sums(bought)
        self.gaps = [b - a for a, b in zip(self.day_list, self.day_list[1:])]
        self.on_order_day = world.options["abc.refunds"] == 1
        self.window = self.window_sums(world, world.options["abc.window_days"])

    def net(self, measure, window_days):
        """(value, orders) of the window."""
        first, net, orders = self.today - window_days + 1, 0, 0
        for order in self.all:
            for day, value, count in order.lines(measure, self.on_order_day):
                if first <= day <= self.today:
                    net, orders = net + value, orders + count
        return net, orders

    def window_sums(self, world, window_days):
        first = self.today - window_days + 1
        window = Sums([order for order in self.purchases if order.day >= first])
        back = [o for o in self.all if o.cancelled and o.counts and first <= o.day <= self.today]
        window.cancelled, window.cancelled_micros = len(back), sum(order.worth for order in back)
        self.refunded_ppm = None
        if window.total > 0:
            self.refunded_ppm = max(0, min(PPM, (window.total - window.kept) * PPM // window.total))
        return window

    def between(self, first, last):
        """What the purchases of the days brought, both included."""
        return sum(order.kept for order in self.purchases if first <= order.day <= last)

    def growth(self, years):
        """(known, ppm) of the last years, each against the one before, of whose first day on all must be known."""
        grown = []
        for back in range(years):
            end = self.today - back * YEAR_DAYS
            before = self.between(end - 2 * YEAR_DAYS + 1, end - YEAR_DAYS)
            known = self.days > 0 and self.first_day <= end - 2 * YEAR_DAYS + 1 and before > 0
            now = self.between(end - YEAR_DAYS + 1, end)
            grown.append((known, ratio_ppm(now - before, before) if known else 0))
        return grown

    # --- gaps

    def mean_gap_milli(self):
        return sum(self.gaps) * 1000 // len(self.gaps) if self.gaps else 0

    def variation_ppm(self):
        """Sample standard deviation of the gaps / their mean."""
        count, total = len(self.gaps), sum(self.gaps)
        if count < 2:
            return 0
        spread = count * sum(gap * gap for gap in self.gaps) - total * total
        return math.isqrt(spread * count * PPM * PPM // (count - 1)) // total

    def quartiles_milli(self, newest):
        """Low quartile, median and high quartile of the newest gaps, linear between two of them; rounded down."""
        gaps = sorted(self.gaps[-newest:])
        found = []
        for quarter in (1, 2, 3):
            place, rest = divmod((len(gaps) - 1) * quarter, 4)
            above = gaps[place + 1] if rest else gaps[place]
            found.append(gaps[place] * 1000 + (above - gaps[place]) * rest * 250)
        return found

    def usual_amounts(self, newest):
        """The median of what the newest purchases that brought anything brought. Of those at one instant nobody says
        which is the newer, so there may be several answers."""
        kept = [order for order in self.purchases if order.kept > 0]
        if not kept:
            return {0}
        edge = kept[max(0, len(kept) - newest)].time_ms
        sure = [order.kept for order in kept if order.time_ms > edge]
        tied = sorted(order.kept for order in kept if order.time_ms == edge)
        answers, wanted = set(), min(newest, len(kept)) - len(sure)
        for chosen in choices(tied, wanted):
            amounts = sorted(sure + list(chosen))
            low, high = amounts[(len(amounts) - 1) // 2], amounts[len(amounts) // 2]
            answers.add(low + (high - low) // 2)
        return answers

    # --- rates and season

    def rates_ppm(self, recent_half, lasting_half):
        """The recent rate of sales against the lasting one, and how far the service, which has both sums in whole
        micros, may be off; None where they cannot be compared."""
        life = self.age_days
        if life < 1:
            return None
        levels = []
        for half in (recent_half, lasting_half):
            total = math.fsum(order.kept * 2.0 ** (-(self.today - order.day) / half) for order in self.purchases)
            levels.append(total / -math.expm1(-life / half * math.log(2)))
        if levels[1] < 1:
            return None
        ratio = max(0, min(PPM_MAX, levels[0] / recent_half / (levels[1] / lasting_half) * PPM))
        return ratio, EDGE_PPM + ratio / max(1, levels[0]) + ratio / levels[1]

    def season(self):
        """The months in season with the usual day in each, or None. Months count from 0."""
        if not self.days:
            return None
        month_of = lambda day: date_of(day).year * 12 + date_of(day).month - 1
        begin, end = month_of(self.first_day), min(month_of(self.today), month_of(self.last_day) + 12)
        years = (end - begin) // 12
        if years < 2:
            return None
        end, years = begin + years * 12, min(years, 5)
        inside = [order.day for order in self.purchases if end - years * 12 <= month_of(order.day) < end]
        bought = {month_of(day) for day in inside}
        by_month = [sum(1 for month in bought if month % 12 == number) for number in range(12)]
        by_year = [sum(1 for month in bought if (end - 1 - month) // 12 == year) for year in range(years)]
        if len(bought) < 3:
            return None
        visits, among = len(bought), [month for month in range(12) if by_month[month] * 2 >= years]
        rest = 12 * visits - sum(count * count for count in by_year)
        strength = Fraction(11 * (12 * sum(count * count for count in by_month) - visits * visits), rest) if rest else 0
        if int(strength * 1000) <= SEASON_STRENGTH_MILLI or not has_pause(among):
            return None
        usual = {month: [date_of(day).day for day in inside if date_of(day).month - 1 == month] for month in among}
        return {month: sum(days) // len(days) for month, days in usual.items()}


def choices(items, count):
    """Every way to take so many of the items, without minding which of equal ones; at most a few thousand."""
    if count == 0:
        yield ()
        return
    seen = set()
    for at, item in enumerate(items):
        if item not in seen and len(items) - at >= count:
            seen.add(item)
            for rest in choices(items[at + 1 :], count - 1):
                yield (item,) + rest


def has_pause(months):
    """At least three silent months in a row, and longer than as many months spread evenly would leave."""
    if len(months) < 2:
        return len(months) == 1
    steps = [b - a for a, b in zip(months, months[1:] + [months[0] + 12])]
    return max(steps) - 1 >= 3 and max(steps) * len(months) > 12


class Sums:
    """What some purchases brought."""

    def __init__(self, orders):
        self.orders = len(orders)
        self.discounted = sum(order.amount.discounted for order in orders)
        self.total = sum(order.worth for order in orders)
        self.kept = sum(order.kept for order in orders)
        self.costed = sum(order.kept for order in orders if order.cost_known)
        self.margin = self.costed - sum(order.cost for order in orders if order.cost_known)
        # The few orders without a known cost are taken to have the margin of the others.
        self.margin_known = 0 < self.costed and self.costed * 10 >= self.kept * 9
        self.whole = truncated(self.margin * self.kept, self.costed) if self.margin_known else 0

    def profit(self, margin_ppm):
        """Of orders without a known cost the configured part is earned."""
        return self.margin + half_away((self.kept - self.costed) * margin_ppm, PPM)

    def margin_ppm(self, fallback_ppm):
        if self.kept <= 0:
            return fallback_ppm
        return max(-10 * PPM, min(PPM, truncated(self.profit(fallback_ppm) * PPM, self.kept)))


# --- quotes and contracts (deals.h)


class Deals:
    def __init__(self, world, customer, orders):
        self.quotes, self.contracts = {}, {}
        for event in customer.events:
            body, kind = event["_body"], event["_kind"]
            if kind == "quoteSent":
                self.quotes.pop(body["quoteId"], None)
                self.quotes[body["quoteId"]] = event
                if len(self.quotes) > 6:
                    del self.quotes[next(iter(self.quotes))]
            elif kind == "quoteLost":
                self.quotes.pop(body["quoteId"], None)
            elif kind == "contractSigned":
                self.sign(world, event)
            elif kind == "contractEnded" and body["contractId"] in self.contracts:
                self.contracts[body["contractId"]]["ended"] = event["_day"]
        self.open = self.open_quotes(world, orders)
        # The one that is expected first, and when the newest was sent.
        named = [quote for quote in self.open if quote["day"] is not None]
        self.quote = min(named, key=lambda quote: quote["day"], default=None)
        self.newest_ms = max((quote["ms"] for quote in self.open), default=None)
        self.contract = self.running_contract(world)

    def sign(self, world, event):
        body = event["_body"]
        self.contracts.pop(body["contractId"], None)
        if len(self.contracts) == 4:
            del self.contracts[min(self.contracts, key=lambda name: last_day(self.contracts[name]))]
        start, end = day_number(body.get("from")), day_number(body.get("to"))
        start = event["_day"] if start is None else start
        self.contracts[body["contractId"]] = {
            "from": start,
            "to": None if end is None else max(start, end),
            "ended": None,
            "micros": world.convert_money(body.get("value"), event["_day"]),
        }

    def open_quotes(self, world, orders):
        """Those that were not answered by an order and are not cold, the earliest sent first; `day` is the day that a
        quote names itself, if it does."""
        found, options = [], world.options
        for event in self.quotes.values():
            day = day_number(event["_body"].get("expectedOrderDate"))
            expected = event["_day"] + options["clv.deals.quote_days"] if day is None else day
            answered = orders.last_ms is not None and orders.last_ms > event["_ms"]
            if not answered and world.today <= expected + options["clv.deals.quote_grace_days"]:
                micros = world.convert_money(event["_body"].get("amount"), event["_day"])
                found.append({"ms": event["_ms"], "day": day, "expected": expected, "micros": micros})
        return found

    def running_contract(self, world):
        running = [contract for contract in self.contracts.values() if last_day(contract) >= world.today]
        return min(running, key=lambda contract: contract["from"]) if running else None


def last_day(contract):
    days = [day for day in (contract["to"], contract["ended"]) if day is not None]
    return min(days) if days else INT64_MAX


def cost_to_serve(world, customer, window_days):
    """Costs and gifts of the window, of the month that it begins in its share by days."""
    days = min(window_days, 366)
    first, months = world.today - days + 1, {}
    for event in customer.events:
        if event["_kind"] in ("costRecorded", "giftGiven"):
            date = date_of(event["_day"])
            month = date.year * 12 + date.month - 1
            months[month] = months.get(month, 0) + world.convert_money(event["_body"].get("amount"), event["_day"])
    total = 0
    for month, micros in months.items():
        begin, end = month_first(month), month_first(month + 1)
        if begin <= world.today and end > first:
            total += micros * (end - max(begin, first)) // (end - begin)
    return total


def month_first(month):
    return (datetime.date(month // 12, month % 12 + 1, 1) - datetime.date(1970, 1, 1)).days
