"""How a customer will go on buying, by the models' own integrals, taken numerically: P(alive) and the orders to be
expected, for MBG/NBD, BG/NBD, Pareto/NBD and NBD (services/scoring/nbd.h, pareto.h); and what an order brings."""
import math

FAINT = 1e-18  # a term this small beside the largest ends a sum


def log_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def beta_mean(a, b, at_0, at_1, value):
    """The mean of value(p) for p from a Beta distribution, given the value's limits at 0 and 1. The straight line
    between the limits is taken exactly; what is left vanishes at both ends, and is summed by the trapezoid rule over
    the logit of p, from the middle of the distribution to either side."""
    log_norm, middle, step = log_beta(a, b), math.log(a / b), min(0.2, 0.2 * math.sqrt(1 / a + 1 / b))

    def term(place):
        logit = middle + place * step
        log_p, log_q = -softplus(-logit), -softplus(logit)
        p, q = math.exp(log_p), math.exp(log_q)
        return math.exp(a * log_p + b * log_q - log_norm) * (value(p) - at_0 * q - at_1 * p)

    total = largest = 0.0
    for way in (1, -1):
        place, faint = (0 if way == 1 else -1), 0
        while faint < 20:  # the rest may change its sign, so one faint term is not the end
            one = term(place)
            total, largest, place = total + one, max(largest, abs(one)), place + way
            faint = faint + 1 if abs(one) <= FAINT * largest else 0
    return (at_0 * b + at_1 * a) / (a + b) + total * step


def softplus(number):
    return max(number, 0) + math.log1p(math.exp(-abs(number)))


class Geometric:
    """MBG/NBD and BG/NBD: gone, perhaps, after a purchase."""

    def __init__(self, parameters, first_too):
        self.r, self.alpha, self.a, self.b = parameters
        self.chances = 1 if first_too else 0  # to leave, beside one for each repeat purchase

    def alive(self, x, tx, age):
        left = x + self.chances
        if left == 0:
            return 1.0
        tx = tx if x > 0 else 0
        # Alive: every chance to leave passed. Gone: the last of them was taken.
        gone = (self.r + x) * (math.log(self.alpha + age) - math.log(self.alpha + tx))
        gone += math.log(self.a) - math.log(self.b + left - 1)
        return 1 / (1 + math.exp(min(gone, 700)))

    def orders(self, x, tx, age, horizon):
        """P(alive) times E[(1 - exp(-rate p t)) / p]."""
        shape, rate = self.r + x, self.alpha + age
        value = lambda p: -math.expm1(-shape * math.log1p(p * horizon / rate)) / p
        within = beta_mean(self.a, self.b + x + self.chances, shape * horizon / rate, value(1), value)
        return self.alive(x, tx, age) * within


class Pareto:
    """Pareto/NBD: gone at any moment."""

    def __init__(self, parameters):
        self.r, self.alpha, self.s, self.beta = parameters

    def alive(self, x, tx, age):
        low, high, steps = math.log(tx + 1), math.log(age + 1), 2000
        shape, total = self.r + x, 0.0
        for place in range(steps + 1):  # Simpson's rule over log(1 + time)
            time = math.exp(low + (high - low) * place / steps)
            y = time - 1
            ratio = shape * (math.log(self.alpha + age) - math.log(self.alpha + y))
            ratio += self.s * (math.log(self.beta + age) - math.log(self.beta + y)) - math.log(self.beta + y)
            weight = 1 if place in (0, steps) else 4 if place % 2 else 2
            total += weight * math.exp(min(ratio, 600)) * time
        return 1 / (1 + self.s * total * (high - low) / steps / 3)

    def orders(self, x, tx, age, horizon):
        later = math.log((self.beta + age + horizon) / (self.beta + age))
        years = -math.expm1(-(self.s - 1) * later) / (self.s - 1) if self.s != 1 else later
        return self.alive(x, tx, age) * (self.r + x) * (self.beta + age) / (self.alpha + age) * years


class Steady:
    """NBD: nobody leaves."""

    def __init__(self, parameters):
        self.r, self.alpha = parameters

    def alive(self, x, tx, age):
        return 1.0

    def orders(self, x, tx, age, horizon):
        return horizon * (self.r + x) / (self.alpha + age)


def model_of(summary):
    """The model in force; None where nothing is known."""
    parameters = summary.get("model", {}).get("parameters", [])
    makers = {
        "mbg": lambda: Geometric(parameters, True),
        "bg": lambda: Geometric(parameters, False),
        "pareto": lambda: Pareto(parameters),
        "nbd": lambda: Steady(parameters),
    }
    kind = summary.get("model", {}).get("kind", "none")
    return makers[kind]() if kind in makers else None


class Spending:
    """What an order brings, in units of the currency: Gamma-Gamma, else the customer's own orders and one average one
    together."""

    def __init__(self, summary, means):
        self.parameters = summary.get("model", {}).get("moneyParameters", [])
        self.mean = math.fsum(means) / len(means) if means else 0

    def expected(self, x, mean):
        own = x > 0 and mean > 0
        if self.parameters:
            p, q, v = self.parameters
            return p * (v + x * mean) / (p * x + q - 1) if own else p * v / (q - 1)
        if not own:
            return self.mean
        return (self.mean + x * mean) / (1 + x) if self.mean > 0 else mean
