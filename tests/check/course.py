"""The dimensions that follow from orders, leads and quotes together: how a customer's buying goes (declining.h,
demand.h, forecast.h, lifecycle.h) and what it is worth to us (clv.h, kind.h, face.h, policy.h). Each after the text of
its header."""
import math

import notes
from orders import Deals, cost_to_serve, ratio_ppm
from world import DAY_MS, MICROS, PPM, date_of, day_number, held, truncated

MONTH_DAYS = 30.4375


class Either(tuple):
    """Several values of which any will do."""


def half_up(number):
    """The nearest whole number of a float, halves away from zero."""
    return int(math.copysign(math.floor(abs(number) + 0.5), number)) if math.isfinite(number) else 0


class Course:
    def __init__(self, world, customer, orders, book):
        self.world, self.options, self.customer, self.orders, self.book = world, world.options, customer, orders, book
        self.lead = notes.lead_of(world, customer)
        self.deals = Deals(world, customer, orders)
        self.served = cost_to_serve(world, customer, world.options["abc.window_days"])
        self.season = orders.season()
        self.growth = orders.growth(3)
        self.figures = {}

    def values(self):
        values = {"risk.declining": self.declining()}
        declining = values["risk.declining"]
        values["demand.lifecycle"] = self.lifecycle()
        values["demand.next_order"] = self.next_order()
        values["demand.state"] = self.demand()
        values["value.clv"] = self.clv()
        values["value.kind"] = self.kind(declining)
        values["value.face"] = self.face()
        values["value.policy"] = self.policy(values["value.clv"])
        return values

    # --- how the buying goes

    def declining(self):
        orders, options = self.orders, self.options
        drop, days, tests = options["declining.drop"], options["declining.window_days"], []
        self.figures["risk.declining"] = {}
        if orders.abc in ("A", "B"):
            last = orders.between(orders.today - days + 1, orders.today)
            before = orders.between(orders.today - 2 * days + 1, orders.today - days)
            if before > 0:
                tests.append((max(0, ratio_ppm(last, before)), 0))
                self.figures["risk.declining"] |= {
                    "last_window": last,
                    "window_before": before,
                    "window_share": tests[0][0],
                }
        if orders.days and orders.age_days >= options["declining.min_age_days"]:
            halves = options["declining.recent_half_days"], options["declining.lasting_half_days"]
            rates = orders.rates_ppm(*halves)
            if rates is not None:
                tests.append(rates)
                self.figures["risk.declining"]["rates_share"] = rates
        if not tests:
            return ""
        return self.near([ppm < drop for ppm, _ in tests], [edge and abs(ppm - drop) <= edge for ppm, edge in tests])

    def near(self, low, unsure):
        sure = [one for one, open_ in zip(low, unsure) if not open_]
        if any(sure) or not any(unsure):
            return "yes" if any(low) else "no"
        return Either(("no", "yes"))

    def lifecycle(self):
        orders = self.orders
        if orders.days == 0:
            return "awareness"
        once = self.options["lifecycle.once_days"]
        long_ago = orders.days == 1 and once > 0 and orders.silent_days > once
        if orders.dropped or notes.signs(self.world, self.customer, orders, "needLost") or long_ago:
            return "churn"
        return "purchase" if orders.days == 1 else "repeat"

    def newest_ms(self, kind, wanted=lambda body: True):
        times = [event["_ms"] for event in self.customer.events if event["_kind"] == kind and wanted(event["_body"])]
        return max(times, default=-math.inf)

    def denial_ms(self):
        """Since when the lead's temperature is denial."""
        since = -math.inf
        for event in self.customer.events:
            said = event["_body"].get("temperature", "") if event["_kind"] == "leadUpdated" else ""
            if said == "LEAD_TEMPERATURE_DENIAL":
                since = event["_ms"] if since == -math.inf else since
            elif said and not said.endswith("UNSPECIFIED"):
                since = -math.inf
        return since

    def interest_ms(self):
        """Of the newest sign: an open quote, an expected date that has not passed, an intention."""
        world, lead = self.world, self.lead
        signs = [self.deals.newest_ms] if self.deals.open else []
        expected = notes.expected_order(world, self.customer, self.orders)
        if expected is not None and expected >= world.today:
            signs.append(lead.expected_ms)
        if notes.INTENTIONS.index(lead.intention) >= self.options["demand.intention"]:
            signs.append(self.newest_ms("leadUpdated", lambda body: int(body.get("intention", 0)) > 0))
        return max(signs, default=-math.inf)

    def demand(self):
        orders, options = self.orders, self.options
        window, last_ms = orders.window, -math.inf if orders.last_ms is None else orders.last_ms
        ordered = window.total + window.cancelled_micros
        returned = window.cancelled_micros + window.total - window.kept
        lost, interest = self.newest_ms("needLost"), self.interest_ms()
        self.figures["demand.state"] = {
            "silent": (orders.silent_days or 0) * 1000,
            "mean_gap": orders.mean_gap_milli(),
            "gap_variation": orders.variation_ppm(),
            "returned_share": ratio_ppm(returned, ordered) if ordered > 0 else 0,
            "margin": window.whole,
        }
        if window.orders + window.cancelled >= options["demand.harmful_min_orders"]:
            if ordered > 0 and returned * PPM // ordered >= options["demand.harmful"]:
                return "harmful"
            if window.margin_known and window.whole < 0:
                return "harmful"
        if self.denial_ms() > last_ms:
            return "negative"
        if lost > last_ms and lost > interest:
            return "none"
        few = orders.days < options["demand.min_days"]
        silent = orders.silent_days
        gone = orders.days and silent > options["demand.gone_days"] and silent * 1000 > 3 * orders.mean_gap_milli()
        if few or gone:
            if interest > -math.inf:
                return "latent"
            return "none" if gone or orders.days == 0 else ""
        return self.demand_course(last_ms)

    def demand_course(self, last_ms):
        options, ratio, edge = self.options, None, 0
        if self.newest_ms("competitorSeen") > last_ms:
            return "falling"
        month = date_of(self.world.today).month - 1
        if self.season:
            known, grown = self.growth[0]
            if known and month not in self.season:
                ratio = max(0, PPM + grown)
        elif self.orders.age_days >= options["demand.min_age_days"]:
            half = min(3660 // 4, max(45, -(-2 * self.orders.mean_gap_milli() // 1000)))
            ratio, edge = self.orders.rates_ppm(half, 4 * half) or (None, 0)
        if ratio is not None:
            self.figures["demand.state"]["year_share" if self.season else "rates_share"] = (ratio, edge)
        for limit in ("demand.falling", "demand.excessive"):
            if ratio is not None and edge and abs(ratio - options[limit]) <= edge:
                return Either(("falling", "excessive", "irregular", "full"))
        if ratio is not None and ratio < options["demand.falling"]:
            return "falling"
        if self.season and self.season_missed():
            return "falling"
        if ratio is not None and ratio >= options["demand.excessive"]:
            return "excessive"
        if self.season or self.orders.variation_ppm() >= options["demand.irregular"]:
            return "irregular"
        return "full"

    def season_missed(self):
        """The last season is over, and nothing was bought in it or after."""
        today = date_of(self.world.today)
        month = today.year * 12 + today.month - 1
        if month % 12 in self.season:
            return False
        while (month - 1) % 12 not in self.season:
            month -= 1
        while (month - 1) % 12 in self.season:
            month -= 1
        last = date_of(self.orders.last_day)
        return last.year * 12 + last.month - 1 < month

    # --- the next order

    def next_order(self):
        for source in (self.told, self.rhythm, self.contract_day):
            found = source()
            if found is None:
                continue
            day, amounts = found
            self.figures["demand.next_order"] = {"next_order": day, "gaps": len(self.orders.gaps)}
            if amounts == {0}:
                amounts = self.orders.usual_amounts(self.options["forecast.newest"])
            if len(amounts) == 1 and min(amounts) > 0:
                self.figures["demand.next_order"]["amount"] = min(amounts)
            if day < self.world.today:
                return "late"
            return "soon" if day <= self.world.today + self.options["forecast.soon_days"] else "later"
        return ""

    def holds(self, day):
        return day is not None and day >= self.world.today - self.options["forecast.forget_days"]

    def told(self):
        lead, quote = self.lead, self.deals.quote
        last_ms = -math.inf if self.orders.last_ms is None else self.orders.last_ms
        by_lead = lead.expected_day is not None and lead.expected_ms > last_ms and self.holds(lead.expected_day)
        by_quote = quote is not None and quote["ms"] > last_ms and self.holds(quote["day"])
        if by_quote and (not by_lead or quote["ms"] >= lead.expected_ms):
            return quote["day"], {max(0, quote["micros"])}
        return (lead.expected_day, {0}) if by_lead else None

    def rhythm(self):
        orders = self.orders
        if len(orders.gaps) < self.options["forecast.min_gaps"]:
            return None
        median = orders.quartiles_milli(self.options["forecast.newest"])[1]
        day = orders.last_day + (median + 500) // 1000
        if self.season:
            day = self.into_season(day)
        return (day, {0}) if self.holds(day) else None

    def into_season(self, day):
        date = date_of(day)
        if date.month - 1 in self.season:
            return day
        month = date.year * 12 + date.month - 1
        while month % 12 not in self.season:
            month += 1
        start = date.replace(year=month // 12, month=month % 12 + 1, day=1)
        after = date.replace(year=(month + 1) // 12, month=(month + 1) % 12 + 1, day=1)
        first = day_number(start.isoformat())
        return first + min(self.season[month % 12], (after - start).days) - 1

    def contract_day(self):
        contract, today = self.deals.contract, self.world.today
        if contract is None:
            return None
        runs = contract["from"] <= today
        day = contract["to"] if runs else contract["from"]
        if not self.holds(day):
            return None
        bought = max(0, self.orders.between(contract["from"], today)) if runs else 0
        left = contract["micros"] - bought
        if runs and contract["micros"] > 0 and left <= 0:
            return None
        return day, {max(0, left)}

    # --- what it is worth

    def clv(self):
        orders, options = self.orders, self.options
        window = orders.window.profit(options["clv.margin"])
        past = orders.life.profit(options["clv.margin"])
        future = self.book.futures.get(self.customer.id)
        self.figures["value.clv"] = {
            "past": past,
            "window": window,
            "cost_to_serve": self.served,
            "margin": orders.life.margin_ppm(options["clv.margin"]),
        }
        if future is not None:
            self.figures["value.clv"].update(future.figures())
        if not orders.days:
            return ""
        if window < 0 or (window < self.served and orders.age_days >= options["clv.patience_days"]):
            return "abandon"
        if future is None:
            return ""
        now, later = orders.abc in ("A", "B"), self.book.is_high(future)
        return {(1, 1): "vip", (0, 1): "improve", (1, 0): "maintain", (0, 0): "abandon"}[now, later]

    def is_key(self):
        return self.orders.tier in ("important", "secondary")

    def kind(self, declining):
        orders, options, window = self.orders, self.options, self.orders.window
        if window.orders == 0:
            return ""
        profit = window.whole if window.margin_known else window.kept
        self.figures["value.kind"] = {
            "orders": window.orders,
            "discounted_share": window.discounted * PPM // window.orders,
            "margin" if window.margin_known else "sales": profit,
            "margin_share": ratio_ppm(window.whole, window.kept) if window.kept > 0 else 0,
        }
        share = window.discounted * PPM // window.orders
        if window.orders >= options["kind.min_orders"] and share >= options["kind.discounted"]:
            return "transactional"
        if profit > 0 and declining == "yes":
            return "relational:losing"
        if profit > 0 and isinstance(declining, Either):
            return Either(("relational:losing", "relational:best", "relational:promising", "relational"))
        if self.is_key():
            return "relational:best"
        known, grown = self.growth[0]
        self.figures["value.kind"]["growth"] = grown
        good = not window.margin_known
        if window.margin_known and window.kept > 0:
            good = window.whole * PPM >= options["kind.good_margin"] * window.kept
        reach = profit
        for _ in range(options["kind.reach_years"]):
            reach = truncated(reach * (PPM + grown), PPM)
        cut = 0 if window.margin_known or orders.key_cut is None else orders.key_cut
        if good and known and grown >= options["kind.rising"] and profit > 0 and reach >= cut:
            return "relational:promising"
        return "relational"

    def face(self):
        orders, options, window = self.orders, self.options, self.orders.window
        if not self.is_key():
            return "none"
        known = window.margin_known and window.kept > 0 and window.orders > 0
        if not known or len(orders.gaps) < options["face.min_gaps"]:
            return ""
        margin, variation = ratio_ppm(window.whole, window.kept), orders.variation_ppm()
        self.figures["value.face"] = {
            "margin_share": margin,
            "margin_an_order": truncated(window.whole, window.orders),
            "sales": window.kept,
            "gap_variation": variation,
        }
        deal = truncated(window.whole, window.orders)
        red = margin >= options["face.red_margin"] and deal >= self.world.micros("face.red_deal")
        if red and variation >= options["face.irregular"]:
            return "red"
        white = margin <= options["face.white_margin"] and variation <= options["face.regular"]
        return "white" if white else "none"

    # --- classes by rules

    def policy(self, clv):
        for row in self.world.items("policy.classes"):
            if all(self.holds_condition(row, name, clv) for name in row if row[name] is not None):
                return row["class"]
        return ""

    def holds_condition(self, row, name, clv):
        orders, wanted = self.orders, row[name]
        care, profile = notes.care_of(self.customer), notes.profile_of(self.customer)
        if name in ("types", "abc", "tier", "clv"):
            return wanted == 0 or self.in_set(name, wanted, clv, profile)
        if name in ("class", "growth_years"):
            return True
        if name == "growth":
            years = self.growth[: row["growth_years"] or 1]
            return all(known and grown >= wanted for known, grown in years)
        if name == "top":
            value, board = self.book.ledger.main.value(self.customer.id), self.book.ledger.main
            return value > 0 and board.above_count(value) * PPM < wanted * len(board.values)
        if name == "margin":
            window = orders.window
            return window.costed > 0 and window.margin * PPM >= wanted * window.costed
        facts = {
            "cooperation": care.cooperation,
            "loyalty": care.loyalty,
            "satisfaction": care.mark,
            "tenure_days": orders.age_days,
            "orders": self.book.ledger.main.figures[self.customer.id][1],
        }
        return facts[name] >= wanted

    def in_set(self, name, wanted, clv, profile):
        words = {
            "types": ["UNSPECIFIED", "BUYER", "IMPORTER", "TRADING", "AGENT", "FACTORY", "FRANCHISEE"],
            "abc": ["", "A", "B", "C"],
            "tier": ["", "important", "secondary", "ordinary", "small"],
            "clv": ["", "vip", "improve", "maintain", "abandon"],
        }[name]
        said = {
            "types": str(profile.type).removeprefix("CUSTOMER_TYPE_") or "UNSPECIFIED",
            "abc": self.orders.abc,
            "tier": self.orders.tier,
            "clv": clv,
        }[name]
        number = words.index(said) if said in words else 0
        return number > 0 and wanted >> number & 1 == 1


# --- the book


class Future:
    """What the next 12 months are expected to bring."""

    def __init__(self, world, model, spending, orders):
        options, x = world.options, orders.days - 1
        tx, age = orders.last_day - orders.first_day, orders.age_days
        first = sum(order.kept for order in orders.purchases if order.day == orders.first_day)
        rest = sum(order.kept for order in orders.purchases) - first
        amount = spending.expected(x, rest / MICROS / x if x else 0)
        if amount <= 0 and orders.last_micros > 0:
            amount = orders.last_micros / MICROS
        self.alive_ppm = half_up(model.alive(x, tx, age) * PPM)
        self.amount = half_up(amount * MICROS)
        self.orders_milli = {days: half_up(model.orders(x, tx, age, days) * 1000) for days in (30, 90, 365)}
        rate, total, before = math.log1p(options["clv.discount"] / PPM) / 12, 0.0, 0.0
        for month in range(1, 13):
            until = model.orders(x, tx, age, month * MONTH_DAYS)
            total += max(0, until - before) * math.exp(-rate * month)
            before = until
        self.micros = held(half_up(total * self.amount * orders.life.margin_ppm(options["clv.margin"]) / PPM))

    def figures(self):
        return {
            "still_a_customer": self.alive_ppm,
            "orders_30_days_milli": self.orders_milli[30],
            "orders_90_days_milli": self.orders_milli[90],
            "orders_365_days_milli": self.orders_milli[365],
            "expected_amount": self.amount,
            "next_12_months": self.micros,
        }


class Book:
    """What is compared with all: the futures of all customers, by the model in force."""

    def __init__(self, world, orders, ledger, model, spending):
        self.world, self.ledger, self.futures = world, ledger, {}
        if model is not None:
            for identity, one in orders.items():
                if one.days:
                    self.futures[identity] = Future(world, model, spending, one)
        self.total = sum(max(0, future.micros) for future in self.futures.values())

    def is_high(self, future):
        """Class A or B by the rule of value.abc."""
        above = sum(other.micros for other in self.futures.values() if other.micros > max(0, future.micros))
        return future.micros > 0 and above * PPM < self.world.options["abc.cut_b"] * self.total
