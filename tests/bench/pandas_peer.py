#!/usr/bin/python3
"""What an analyst's notebook takes for what Tend keeps current: the classes of all customers recomputed with pandas,
and a table of purchases made ready for a purchase model and fitted.

    pandas_peer.py classes FILE TODAY ROUNDS    rows of uint32 customer, int32 day, int64 micros
    pandas_peer.py fit FILE AGE ROUNDS          rows of uint32 customer, uint32 0, float64 day, float64 amount

Says a line for each figure: its name and a value for each round. Debian's own Python, since its pandas belongs to it.
Exits with 3 when there is no pandas."""

import sys
import time

try:
    import numpy
    import pandas
except ImportError:
    print("missing pandas, so nothing stands beside our figures: apt-get install python3-pandas")
    sys.exit(3)

WINDOW_DAYS = 365
PARTS = 5


def timed(rounds, work):
    """The milliseconds of each round, and what the last one gave."""
    took, result = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        result = work()
        took.append((time.perf_counter() - began) * 1000)
    return took, result


def say(name, values):
    print(name, *(f"{value:.6g}" for value in values), flush=True)


# --- classes


def fifths(column, ascending=True):
    """1 to 5, of equal numbers of customers."""
    place = column.rank(method="first", ascending=ascending)
    return numpy.ceil(place * PARTS / len(column)).astype("int8")


def abc(window):
    """Customers by their sales: the largest up to 65 % of all are A, up to 85 % B."""
    net = window.groupby("customer").micros.sum().sort_values(ascending=False)
    before = (net.cumsum() - net) / net.sum()
    return pandas.Series(numpy.select([before < 0.65, before < 0.85], ["A", "B"], "C"), index=net.index)


def rfm(window):
    sums = window.groupby("customer").agg(last=("day", "max"), orders=("day", "size"), money=("micros", "sum"))
    return pandas.DataFrame({"r": fifths(sums["last"]), "f": fifths(sums["orders"]), "m": fifths(sums["money"])})


def inputs(table, today):
    """Frequency, recency, T and the mean of repeat purchase days, for any model of repeat buying."""
    days = table.groupby(["customer", "day"], sort=False).micros.sum().reset_index()
    sums = days.groupby("customer").agg(
        first=("day", "min"), last=("day", "max"), days=("day", "size"), money=("micros", "sum"))
    opening = days.loc[days.groupby("customer").day.idxmin()].set_index("customer").micros
    frequency = sums["days"] - 1
    return pandas.DataFrame({
        "frequency": frequency,
        "recency": sums["last"] - sums["first"],
        "T": today - sums["first"],
        "mean": ((sums["money"] - opening) / frequency.where(frequency > 0)).fillna(0.0),
    })


def classes(path, today, rounds):
    rows = numpy.fromfile(path, dtype=[("customer", "u4"), ("day", "i4"), ("micros", "i8")])
    table = pandas.DataFrame({name: rows[name] for name in rows.dtype.names})

    def recompute():
        window = table[(table.day > today - WINDOW_DAYS) & (table.day <= today)]
        return abc(window), rfm(window), inputs(table[table.day <= today], today)

    took, (letters, _, _) = timed(rounds, recompute)
    say("recompute", took)
    say("class_a", [int((letters == "A").sum())])


# --- the model


def likelihood(logs, x, tx, age):
    """Of MBG/NBD (Batislam, Denizel, Filiztekin 2007), its logarithm, negative."""
    from scipy.special import betaln, gammaln

    r, alpha, a, b = numpy.exp(numpy.clip(logs, -15, 15))
    common = gammaln(r + x) - gammaln(r) + r * numpy.log(alpha) + betaln(a, b + x + 1) - betaln(a, b)
    alive = -(r + x) * numpy.log(alpha + age)
    gone = numpy.log(a / (b + x)) - (r + x) * numpy.log(alpha + tx)
    return -float(numpy.sum(common + numpy.logaddexp(alive, gone)))


def fit(path, age, rounds):
    rows = numpy.fromfile(path, dtype=[("customer", "u4"), ("zero", "u4"), ("day", "f8"), ("amount", "f8")])
    table = pandas.DataFrame({name: rows[name] for name in ("customer", "day", "amount")})

    def compress():
        sums = table.groupby("customer").agg(first=("day", "min"), last=("day", "max"), days=("day", "size"))
        return pandas.DataFrame({"x": sums["days"] - 1, "tx": sums["last"] - sums["first"], "T": age - sums["first"]})

    took, facts = timed(rounds, compress)
    say("compress", took)
    try:
        from scipy.optimize import minimize
    except ImportError:
        return
    x, tx, ages = (facts[name].to_numpy(dtype="float64") for name in ("x", "tx", "T"))
    start = numpy.log([1.0, float(ages.mean()) / (1 + x.mean()), 1.0, 1.0])
    steps = {"maxiter": 2000, "xatol": 1e-4, "fatol": 1e-3}
    took, found = timed(rounds, lambda: minimize(likelihood, start, (x, tx, ages), "Nelder-Mead", options=steps))
    say("nelder_mead", took)
    say("log_likelihood", [-found.fun])
    say("evaluations", [found.nfev])


def main(arguments):
    if len(arguments) != 4 or arguments[0] not in ("classes", "fit"):
        print(__doc__, file=sys.stderr)
        return 2
    work, path, day, rounds = arguments
    if work == "classes":
        classes(path, int(day), int(rounds))
    else:
        fit(path, float(day), int(rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
