"""Whether the models in force are those that fit best: the likelihood of all customers, computed anew, must not rise
when a parameter is moved a little. And what is used where too few customers are known (services/scoring/fit.h)."""
import math

from buying import Geometric, Pareto, Steady, log_beta, model_of

POOLED_DAYS = 365  # in which one order is put beside those of all, so that none at all is no trouble
STEP = 0.02  # by so much of itself each parameter is moved, either way
SLACK = 2e-3  # of the logarithm of the likelihood of all: the climb ends where it is flat


def geometric(model, x, tx, age):
    """The last chance to leave may have been taken at tx, or every chance passed."""
    r, alpha, a, b, left = model.r, model.alpha, model.a, model.b, x + model.chances
    alive = log_beta(a, b + left) - log_beta(a, b) - (r + x) * math.log(alpha + age)
    gone = -math.inf
    if left > 0:
        gone = log_beta(a + 1, b + left - 1) - log_beta(a, b) - (r + x) * math.log(alpha + (tx if x else 0))
    high = max(alive, gone)
    return gamma_part(r, alpha, x) + high + math.log(math.exp(alive - high) + math.exp(gone - high))


def gamma_part(r, alpha, x):
    return math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)


def steady(model, x, tx, age):
    return gamma_part(model.r, model.alpha, x) - (model.r + x) * math.log(model.alpha + age)


def pareto(model, x, tx, age):
    """Alive until now, over the chance to be that, which the integral over the moments of leaving tells."""
    alive = -(model.r + x) * math.log(model.alpha + age) + model.s * math.log(model.beta / (model.beta + age))
    return gamma_part(model.r, model.alpha, x) + alive - math.log(model.alive(x, tx, age))


def spending(parameters, x, mean):
    p, q, v = parameters
    return (
        math.lgamma(p * x + q) - math.lgamma(p * x) - math.lgamma(q) + q * math.log(v)
        + (p * x - 1) * math.log(mean) + p * x * math.log(x) - (p * x + q) * math.log(x * mean + v)
    )


def neighbours(parameters, floor=None):
    """The parameters with one of them moved; what stays above 1 (floor) is moved in what it has beyond."""
    for place, number in enumerate(parameters):
        for factor in (1 - STEP, 1 + STEP):
            moved = list(parameters)
            moved[place] = 1 + (number - 1) * factor if place == floor else number * factor
            yield moved


def best_gain(parameters, likelihood, floor=None):
    """By how much the best neighbour is better."""
    here = likelihood(parameters)
    return max(likelihood(moved) for moved in neighbours(parameters, floor)) - here


def buying_gain(summary, orders):
    model = model_of(summary)
    rows = [(one.days - 1, one.last_day - one.first_day, one.age_days) for one in orders.values() if one.days]
    one_row = {Geometric: geometric, Steady: steady, Pareto: pareto}[type(model)]
    rebuild = {
        Geometric: lambda numbers: Geometric(numbers, model.chances == 1) if type(model) is Geometric else None,
        Steady: Steady,
        Pareto: Pareto,
    }[type(model)]
    likelihood = lambda numbers: math.fsum(one_row(rebuild(numbers), *row) for row in rows)
    return best_gain(summary["model"]["parameters"], likelihood)


def spending_gain(summary, means):
    """`means` are (x, what each of them brought)."""
    likelihood = lambda numbers: math.fsum(spending(numbers, x, mean) for x, mean in means)
    return best_gain(summary["model"]["moneyParameters"], likelihood, floor=1)


def compare_fits(comparison, summary, orders, means):
    model = summary.get("model", {})
    if model.get("day") != summary["day"]:
        return  # what was known that day is not known any more
    if model.get("status") == "good":
        gain = buying_gain(summary, orders)
        if gain > SLACK:
            comparison.same("all", f"model {model['kind']}: likelihood gained nearby", 0, gain)
    if model.get("moneyParameters"):
        gain = spending_gain(summary, means)
        if gain > SLACK:
            comparison.same("all", "model of amounts: likelihood gained nearby", 0, gain)
    if model.get("status") == "too few customers" and model["parameters"][0] == 1:
        repeats = 1 + sum(one.days - 1 for one in orders.values() if one.days)
        usual = (POOLED_DAYS + sum(one.age_days for one in orders.values())) / repeats
        comparison.near("all", "days to an order of all", usual, model["parameters"][1], (1e-9, 0))
    customers = sum(1 for one in orders.values() if one.days)
    comparison.same("all", "model customers", customers, model.get("customers", 0))
