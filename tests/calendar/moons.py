#!/usr/bin/env python3
"""Computes new moons and the sun's longitude, and from them the table of the lunar calendar, common/moons.c.

    tests/calendar/moons.py                 prints common/moons.c
    tests/calendar/moons.py --near SECONDS  prints the events that lie so near to a midnight that decides a date
    tests/calendar/moons.py --moon DATE     prints the new moon nearest to that day, in the time of China

New moons: Meeus, Astronomical Algorithms (2nd ed.), chapter 49, good to some 10 seconds in these centuries. The sun:
the series VSOP87 for the earth as cut in its appendix III, with aberration and nutation, good to an arc second, for
which the sun takes 24 seconds.

The dates are those of the civil time that holds, for the calendar is kept by it:
    China    UTC+8, before 1929 the mean time of Beijing, 116.4 degrees east, by which the almanacs reckoned
    Vietnam  UTC+7
    Korea    UTC+9
The mean time of Beijing before 1929: by UTC+8 months of 1914, 1916 and 1920 would begin a day after the printed one.
From 1972 on civil time is UTC, which differs from the time of the formulas by the leap seconds and 32.184 s. Since
2017 none was added, and the metre's general conference of 2022 ends them, so none is foreseen. Before 1972 civil time
is that of the turning earth: polynomials of Espenak and Meeus.

The rule (GB/T 33661-2017): the month with the winter solstice is the 11th; where 13 months begin from one such month to
before the next, the first without a principal term of the sun is a leap month.
"""
import datetime
import math
import sys

FIRST_CHINA, FIRST_OTHERS, LAST = 1899, 1999, 2100
EPOCH = 2440587.5  # the Julian date of 1970-01-01 00:00
DAY_S = 86400
BEIJING_MEAN_S = round(116.4 / 360 * DAY_S)
CHANGED = datetime.date(1929, 1, 1)
NULL_DAY = datetime.date(1970, 1, 1).toordinal()
QINGMING, SOLSTICE = 15, 270

# --- time -------------------------------------------------------------------------------------------------------------

# The days at whose start UTC fell back behind atomic time by one more second, from the 10 of 1972 on.
LEAPS = ["1972-07", "1973-01", "1974-01", "1975-01", "1976-01", "1977-01", "1978-01", "1979-01", "1980-01", "1981-07",
         "1982-07", "1983-07", "1985-07", "1988-01", "1990-01", "1991-01", "1992-07", "1993-07", "1994-07", "1996-01",
         "1997-07", "1999-01", "2006-01", "2009-01", "2012-07", "2015-07", "2017-01"]

# Espenak and Meeus: until which year, the year that is counted from, and the coefficients of its powers.
DELTAS = [
    (1900, 1860, [7.62, 0.5737, -0.251754, 0.01680668, -0.0004473624, 1 / 233174]),
    (1920, 1900, [-2.79, 1.494119, -0.0598939, 0.0061966, -0.000197]),
    (1941, 1920, [21.20, 0.84493, -0.076100, 0.0020936]),
    (1961, 1950, [29.07, 0.407, -1 / 233, 1 / 2547]),
    (1986, 1975, [45.45, 1.067, -1 / 260, -1 / 718]),
]


def polynomial(coefficients, x):
    return sum(value * x ** power for power, value in enumerate(coefficients))


def delta_s(julian):
    """Seconds by which the time of the formulas is ahead of civil time at a Julian date."""
    year = 2000 + (julian - 2451544.5) / 365.2425
    if year >= 1972:
        day = datetime.date.fromordinal(int(julian - EPOCH) + NULL_DAY)
        return 32.184 + 10 + sum(day.isoformat() >= leap + "-01" for leap in LEAPS)
    for until, since, coefficients in DELTAS:
        if year < until:
            return polynomial(coefficients, year - since)
    raise AssertionError


def civil_s(julian):
    """The instant of a Julian date of the formulas, in seconds since 1970 UTC."""
    return (julian - EPOCH) * DAY_S - delta_s(julian)


# --- the moon ---------------------------------------------------------------------------------------------------------

# Days times the sine of so many M, M', F and node, times E to the power of |M|.
NEW_MOON = [
    (-0.40720, 0, 1, 0, 0), (0.17241, 1, 0, 0, 0), (0.01608, 0, 2, 0, 0), (0.01039, 0, 0, 2, 0),
    (0.00739, -1, 1, 0, 0), (-0.00514, 1, 1, 0, 0), (0.00208, 2, 0, 0, 0), (-0.00111, 0, 1, -2, 0),
    (-0.00057, 0, 1, 2, 0), (0.00056, 1, 2, 0, 0), (-0.00042, 0, 3, 0, 0), (0.00042, 1, 0, 2, 0),
    (0.00038, 1, 0, -2, 0), (-0.00024, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 1), (-0.00007, 2, 1, 0, 0),
    (0.00004, 0, 2, -2, 0), (0.00004, 3, 0, 0, 0), (0.00003, 1, 1, -2, 0), (0.00003, 0, 2, 2, 0),
    (-0.00003, 1, 1, 2, 0), (0.00003, -1, 1, 2, 0), (-0.00002, -1, 1, -2, 0), (-0.00002, 1, 3, 0, 0),
    (0.00002, 0, 4, 0, 0)]
# What the planets do: days times the sine of an angle in degrees at k = 0 and its change with k.
PLANETS = [
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518)]


def new_moon(k):
    """The Julian date, in the time of the formulas, of the k-th new moon after that of 6 January 2000."""
    t = k / 1236.85
    date = 2451550.09766 + 29.530588861 * k + polynomial([0, 0, 0.00015437, -0.000000150, 0.00000000073], t)
    e = polynomial([1, -0.002516, -0.0000074], t)
    sun = 2.5534 + 29.10535670 * k + polynomial([0, 0, -0.0000014, -0.00000011], t)
    moon = 201.5643 + 385.81693528 * k + polynomial([0, 0, 0.0107582, 0.00001238, -0.000000058], t)
    latitude = 160.7108 + 390.67050284 * k + polynomial([0, 0, -0.0016118, -0.00000227, 0.000000011], t)
    node = 124.7746 - 1.56375588 * k + polynomial([0, 0, 0.0020672, 0.00000215], t)
    for days, m, mm, f, o in NEW_MOON:
        date += days * e ** abs(m) * math.sin(math.radians(m * sun + mm * moon + f * latitude + o * node))
    for number, (days, angle, rate) in enumerate(PLANETS):
        bend = -0.009173 * t * t if number == 0 else 0
        date += days * math.sin(math.radians(angle + rate * k + bend))
    return date


# --- the sun ----------------------------------------------------------------------------------------------------------

# The earth's heliocentric longitude: for each power of the millennia since 2000, amplitudes in 1e-8 radians, phases and
# frequencies.
EARTH = [[
    (175347046, 0, 0), (3341656, 4.6692568, 6283.0758500), (34894, 4.62610, 12566.15170), (3497, 2.7441, 5753.3849),
    (3418, 2.8289, 3.5231), (3136, 3.6277, 77713.7715), (2676, 4.4181, 7860.4194), (2343, 6.1352, 3930.2097),
    (1324, 0.7425, 11506.7698), (1273, 2.0371, 529.6910), (1199, 1.1096, 1577.3435), (990, 5.233, 5884.927),
    (902, 2.045, 26.298), (857, 3.508, 398.149), (780, 1.179, 5223.694), (753, 2.533, 5507.553),
    (505, 4.583, 18849.228), (492, 4.205, 775.523), (357, 2.920, 0.067), (317, 5.849, 11790.629),
    (284, 1.899, 796.298), (271, 0.315, 10977.079), (243, 0.345, 5486.778), (206, 4.806, 2544.314),
    (205, 1.869, 5573.143), (202, 2.458, 6069.777), (156, 0.833, 213.299), (132, 3.411, 2942.463),
    (126, 1.083, 20.775), (115, 0.645, 0.980), (103, 0.636, 4694.003), (102, 0.976, 15720.839), (102, 4.267, 7.114),
    (99, 6.21, 2146.17), (98, 0.68, 155.42), (86, 5.98, 161000.69), (85, 1.30, 6275.96), (85, 3.67, 71430.70),
    (80, 1.81, 17260.15), (79, 3.04, 12036.46), (75, 1.76, 5088.63), (74, 3.50, 3154.69), (74, 4.68, 801.82),
    (70, 0.83, 9437.76), (62, 3.98, 8827.39), (61, 1.82, 7084.90), (57, 2.78, 6286.60), (56, 4.39, 14143.50),
    (56, 3.47, 6279.55), (52, 0.19, 12139.55), (52, 1.33, 1748.02), (51, 0.28, 5856.48), (49, 0.49, 1194.45),
    (41, 5.37, 8429.24), (41, 2.40, 19651.05), (39, 6.17, 10447.39), (37, 6.04, 10213.29), (37, 2.57, 1059.38),
    (36, 1.71, 2352.87), (36, 1.78, 6812.77), (33, 0.59, 17789.85), (30, 0.44, 83996.85), (30, 2.74, 1349.87),
    (25, 3.16, 4690.48)
], [
    (628331966747, 0, 0), (206059, 2.678235, 6283.075850), (4303, 2.6351, 12566.1517), (425, 1.590, 3.523),
    (119, 5.796, 26.298), (109, 2.966, 1577.344), (93, 2.59, 18849.23), (72, 1.14, 529.69), (68, 1.87, 398.15),
    (67, 4.41, 5507.55), (59, 2.89, 5223.69), (56, 2.17, 155.42), (45, 0.40, 796.30), (36, 0.47, 775.52),
    (29, 2.65, 7.11), (21, 5.34, 0.98), (19, 1.85, 5486.78), (19, 4.97, 213.30), (17, 2.99, 6275.96),
    (16, 0.03, 2544.31), (16, 1.43, 2146.17), (15, 1.21, 10977.08), (12, 2.83, 1748.02), (12, 3.26, 5088.63),
    (12, 5.27, 1194.45), (12, 2.08, 4694.00), (11, 0.77, 553.57), (10, 1.30, 6286.60), (10, 4.24, 1349.87),
    (9, 2.70, 242.73), (9, 5.64, 951.72), (8, 5.30, 2352.87), (6, 2.65, 9437.76), (6, 4.67, 4690.48)
], [
    (52919, 0, 0), (8720, 1.0721, 6283.0758), (309, 0.867, 12566.152), (27, 0.05, 3.52), (16, 5.19, 26.30),
    (16, 3.68, 155.42), (10, 0.76, 18849.23), (9, 2.06, 77713.77), (7, 0.83, 775.52), (5, 4.66, 1577.34),
    (4, 1.03, 7.11), (4, 3.44, 5573.14), (3, 5.14, 796.30), (3, 6.05, 5507.55), (3, 1.19, 242.73), (3, 6.12, 529.69),
    (3, 0.31, 398.15), (3, 2.28, 553.57), (2, 4.38, 5223.69), (2, 3.75, 0.98)
], [
    (289, 5.844, 6283.076), (35, 0, 0), (17, 5.49, 12566.15), (3, 5.20, 155.42), (1, 4.72, 3.52), (1, 5.30, 18849.23),
    (1, 5.97, 242.73)
], [
    (114, 3.142, 0), (8, 4.13, 6283.08), (1, 3.84, 12566.15)
]]


def longitude(julian):
    """The sun's apparent longitude in degrees."""
    tau = (julian - 2451545) / 365250
    t = tau * 10
    heliocentric = sum(tau ** power * sum(a * math.cos(b + c * tau) for a, b, c in terms)
                       for power, terms in enumerate(EARTH)) * 1e-8
    distance = 1.00014 + 0.01671 * math.cos(3.09846 + 6283.07585 * tau) + 0.00014 * math.cos(3.0553 + 12566.1517 * tau)
    node, sun, moon = (math.radians(angle + rate * t) for angle, rate in (
        (125.04452, -1934.136261), (280.4665, 36000.7698), (218.3165, 481267.8813)))
    anomaly = math.radians(357.52911 + 35999.05029 * t)
    nutation = (-17.20 * math.sin(node) - 1.32 * math.sin(2 * sun) - 0.23 * math.sin(2 * moon) +
                0.21 * math.sin(2 * node) + 0.14 * math.sin(anomaly))
    # To the frame FK5, and for the time that the light takes.
    bend = -0.09033 - 20.4898 / distance
    return (math.degrees(heliocentric) + 180 + (nutation + bend) / 3600) % 360


def sun_reaches(degrees, year):
    """The Julian date at which the sun has that longitude in a Gregorian year."""
    # From the equinox of 20 March, a day for each degree or nearly so; the year begins at 280 degrees.
    date = 2451624.0 + (year - 2000) * 365.2422 + ((degrees + 80) % 360 - 80) * 1.0146
    for _ in range(8):
        off = (degrees - longitude(date) + 180) % 360 - 180
        date += off * 1.01456
    return date


# --- the calendar -----------------------------------------------------------------------------------------------------

NEAR = {}  # the events that were looked at: a name and the second of the local day


class Place:
    """A calendar by the midnight of one place. Days are ordinals of datetime.date."""

    def __init__(self, name, offset_s, first):
        self.name, self.offset_s, self.first = name, offset_s, first
        self.moons, self.terms = {}, {}

    def local(self, julian, what):
        second = civil_s(julian)
        old = self.name == "china" and second + self.offset_s < (CHANGED.toordinal() - NULL_DAY) * DAY_S
        day, second = divmod(second + (BEIJING_MEAN_S if old else self.offset_s), DAY_S)
        day = int(day) + NULL_DAY
        NEAR[self.name, what, day] = second
        return day

    def moon(self, k):
        if k not in self.moons:
            self.moons[k] = self.local(new_moon(k), "new moon")
        return self.moons[k]

    def term(self, degrees, year):
        if (degrees, year) not in self.terms:
            self.terms[degrees, year] = self.local(sun_reaches(degrees, year), f"sun at {degrees}")
        return self.terms[degrees, year]

    def eleventh(self, year):
        """The new moon that begins the month with the winter solstice of a Gregorian year."""
        solstice = self.term(SOLSTICE, year)
        k = round((year + 0.97 - 2000) * 12.3685) + 1
        while self.moon(k) > solstice:
            k -= 1
        return k

    def has_principal_term(self, k):
        year = datetime.date.fromordinal(self.moon(k)).year
        return any(self.moon(k) <= self.term(degrees, y) < self.moon(k + 1)
                   for y in (year, year + 1) for degrees in range(0, 360, 30))

    def months_from_eleventh(self, year):
        """Pairs (new moon, is it a leap month) from the 11th month of a year to before that of the next."""
        start, end = self.eleventh(year), self.eleventh(year + 1)
        leap = next((k for k in range(start + 1, end) if not self.has_principal_term(k)), None)
        return [(k, end - start == 13 and k == leap) for k in range(start, end)]

    def lunar_year(self, year):
        """The months of a lunar year as (number, is it a leap month, first day, first day behind it)."""
        numbered, number = [], 10
        for k, leap in self.months_from_eleventh(year - 1) + self.months_from_eleventh(year):
            number += not leap
            numbered.append((number, leap, self.moon(k), self.moon(k + 1)))
        return [(n - 12, leap, start, end) for n, leap, start, end in numbered if 13 <= n <= 24]

    def pack(self, year):
        months = self.lunar_year(year)
        assert len(months) == 12 + any(leap for _, leap, _, _ in months)
        number = 0
        for at, (month, leap, start, end) in enumerate(months):
            assert end - start in (29, 30)
            number |= (end - start == 30) << at | (month << 13 if leap else 0)
        offset = months[0][2] - datetime.date(year, 1, 1).toordinal()
        assert 0 <= offset < 64
        number |= offset << 17
        if self.name == "china":
            qingming = datetime.date.fromordinal(self.term(QINGMING, year))
            solstice = datetime.date.fromordinal(self.term(SOLSTICE, year))
            assert qingming.month == 4 and 4 <= qingming.day <= 7 and solstice.month == 12 and 20 <= solstice.day <= 23
            number |= qingming.day - 4 << 23 | solstice.day - 20 << 25
        return number


PLACES = [Place("china", 8 * 3600, FIRST_CHINA), Place("vietnam", 7 * 3600, FIRST_OTHERS),
          Place("korea", 9 * 3600, FIRST_OTHERS)]


def print_table():
    print("// Made by tests/calendar/moons.py, which says how; not to be edited. What a number holds: moons.h.")
    print('#include "common/moons.h"')
    for place in PLACES:
        first = "LUNAR_CHINA_FIRST" if place.name == "china" else "LUNAR_OTHERS_FIRST"
        numbers = [f"0x{place.pack(year):08x}" for year in range(place.first, LAST + 1)]
        print(f"\n// From {place.first} to {LAST}.\nconst uint32_t moons_{place.name}[LUNAR_LAST - {first} + 1] = {{")
        for at in range(0, len(numbers), 9):
            print("    " + ", ".join(numbers[at:at + 9]) + ("," if at + 9 < len(numbers) else "};"))


def print_near(limit):
    for place in PLACES:
        for year in range(place.first, LAST + 1):
            place.pack(year)
    for (name, what, day), second in sorted(NEAR.items(), key=lambda item: item[0][2]):
        off = second if second < DAY_S / 2 else second - DAY_S
        if abs(off) < limit:
            print(name, what, datetime.date.fromordinal(day), clock(second))


def clock(second):
    return f"{int(second) // 3600:02}:{int(second) // 60 % 60:02}:{int(second) % 60:02}"


def print_moon(text):
    wanted = datetime.date.fromisoformat(text)
    about = round((wanted.toordinal() - datetime.date(2000, 1, 6).toordinal()) / 29.530588861)
    k = min(range(about - 2, about + 3), key=lambda k: abs(PLACES[0].moon(k) - wanted.toordinal()))
    day = PLACES[0].moon(k)
    print(datetime.date.fromordinal(day), clock(NEAR["china", "new moon", day]))


def main(arguments):
    if arguments[:1] == ["--near"] and len(arguments) == 2:
        print_near(float(arguments[1]))
    elif arguments[:1] == ["--moon"] and len(arguments) == 2:
        print_moon(arguments[1])
    elif not arguments:
        print_table()
    else:
        sys.exit(__doc__)


main(sys.argv[1:])
