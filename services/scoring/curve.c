#include "services/scoring/curve.h"

#include "common/must.h"
#include "services/scoring/worth.h"

#include <math.h>

#define MICROS 1e6

// Rates of decay that are tried: a half-life from a quarter of a month to so many times the months seen. Slower ones
// look like a line, faster ones like a single month.
#define RATE_MOST 2.8
#define LIFE_MOST 20.0

// Rates and peaks tried at first, evenly, and how often the best of them is then bettered or the step halved.
enum { RATES = 32, PEAKS = 25, SHARPENINGS = 160, WAYS = 8 };

// The rates' range parted so finely: no figure that is shown changes any more.
#define STEP_LEAST 1e-9

static const double ways[WAYS][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};

const char *const curve_names[CURVE_KINDS] = {"", "constant", "linear", "quadratic", "decay", "bass"};

// The months as numbers of money, and how a shape fits them.
struct sample {
    double profits[CURVE_MONTHS_MAX];
    uint32_t count;
};

struct fit {
    double parameters[CURVE_PARAMETERS_MAX];
    double squares; // sum of squared residuals
};

// height / cosh^2(x); written so that nothing overflows.
static double bell(double height, double x)
{
    double down = exp(-2 * fabs(x)), up = 1 + down;
    return height * 4 * down / (up * up);
}

static double shape_at(uint8_t kind, const double *parameters, double t)
{
    if (kind == CURVE_DECAY)
        return parameters[0] * exp(-parameters[1] * t);
    if (kind == CURVE_BASS)
        return bell(parameters[0], parameters[1] * (t - parameters[2]));
    return parameters[0] + t * (parameters[1] + t * parameters[2]);
}

static void add_squares(const struct sample *sample, uint8_t kind, struct fit *fit)
{
    fit->squares = 0;
    for (uint32_t t = 0; t < sample->count; t++) {
        double off = sample->profits[t] - shape_at(kind, fit->parameters, t);
        fit->squares += off * off;
    }
}

// A polynomial of degree 0 to 2, by way of polynomials that are orthogonal over the months: each coefficient is then a
// quotient of two sums, and nothing has to be solved.
static void fit_polynomial(const struct sample *sample, uint8_t kind, struct fit *ret_fit)
{
    double n = sample->count, middle = (n - 1) / 2, spread = (n * n - 1) / 12;
    double with[3] = {0}, own[3] = {0};
    for (uint32_t t = 0; t < sample->count; t++) {
        double x = t - middle, base[3] = {1, x, x * x - spread};
        for (int i = 0; i < 3; i++) {
            with[i] += base[i] * sample->profits[t];
            own[i] += base[i] * base[i];
        }
    }
    double a = with[0] / own[0];
    double b = kind >= CURVE_LINEAR ? with[1] / own[1] : 0;
    double c = kind >= CURVE_QUADRATIC ? with[2] / own[2] : 0;
    *ret_fit = (struct fit){
        .parameters = {a - b * middle + c * (middle * middle - spread), b - 2 * c * middle, c},
    };
    add_squares(sample, kind, ret_fit);
}

// The best height for the rest of the parameters, in which it is linear.
static struct fit fit_height(const struct sample *sample, uint8_t kind, double rate, double peak)
{
    const double unit[CURVE_PARAMETERS_MAX] = {1, rate, peak};
    double with = 0, own = 0;
    for (uint32_t t = 0; t < sample->count; t++) {
        double shape = shape_at(kind, unit, t);
        with += shape * sample->profits[t];
        own += shape * shape;
    }
    struct fit fit = {.parameters = {own > 0 ? with / own : 0, rate, peak}};
    add_squares(sample, kind, &fit);
    return fit;
}

// The rates that are tried, by their place from 0 to 1.
static double rate_at(const struct sample *sample, double place)
{
    double least = M_LN2 / (LIFE_MOST * sample->count);
    return least * exp(log(RATE_MOST / least) * place);
}

// The peaks that are tried: from as long before the first month as there are months, to the last month. What has not
// been seen to fall is not said to have a peak.
static double peak_at(const struct sample *sample, double place)
{
    double n = sample->count;
    return place * (2 * n - 1) - n;
}

// The decay, and the curve of Bass: over a grid first, for there may be several valleys, then in ever smaller steps
// around the best point.
static void fit_falling(const struct sample *sample, uint8_t kind, struct fit *ret_fit)
{
    bool peaks = kind == CURVE_BASS;
    double best[2] = {0}, width[2] = {1.0 / (RATES - 1), peaks ? 1.0 / (PEAKS - 1) : 0};
    *ret_fit = (struct fit){.squares = INFINITY};
    for (int i = 0; i < RATES; i++) {
        for (int j = 0; j < (peaks ? PEAKS : 1); j++) {
            double place = i * width[0], peak = j * width[1];
            struct fit fit = fit_height(sample, kind, rate_at(sample, place), peaks ? peak_at(sample, peak) : 0);
            if (fit.squares < ret_fit->squares) {
                *ret_fit = fit;
                best[0] = place;
                best[1] = peak;
            }
        }
    }
    for (int step = 0; step < SHARPENINGS && width[0] > STEP_LEAST; step++) {
        bool moved = false;
        for (int way = 0; way < WAYS; way++) {
            double place = fmin(fmax(best[0] + ways[way][0] * width[0], 0), 1);
            double peak = fmin(fmax(best[1] + ways[way][1] * width[1], 0), 1);
            struct fit fit = fit_height(sample, kind, rate_at(sample, place), peaks ? peak_at(sample, peak) : 0);
            if (fit.squares >= ret_fit->squares)
                continue;
            *ret_fit = fit;
            best[0] = place;
            best[1] = peak;
            moved = true;
        }
        width[0] = moved ? width[0] : width[0] / 2;
        width[1] = moved ? width[1] : width[1] / 2;
    }
}

static const struct {
    void (*fit)(const struct sample *sample, uint8_t kind, struct fit *ret_fit);
    uint32_t parameters;
} shapes[CURVE_KINDS] = {
    [CURVE_CONSTANT] = {fit_polynomial, 1},  [CURVE_LINEAR] = {fit_polynomial, 2},
    [CURVE_QUADRATIC] = {fit_polynomial, 3}, [CURVE_DECAY] = {fit_falling, 2},
    [CURVE_BASS] = {fit_falling, 3},
};

// The corrected criterion. A scatter of nothing has no logarithm: below the given floor fits are equally good.
static double criterion(double squares, double floor, double n, double parameters)
{
    double k = parameters + 1;
    return n * log(fmax(squares, floor) / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

static void take_sample(const int64_t *months, size_t count, struct sample *ret_sample, struct curve *ret_curve)
{
    double least = INFINITY, most = -INFINITY;
    if (count > CURVE_MONTHS_MAX) {
        months += count - CURVE_MONTHS_MAX;
        count = CURVE_MONTHS_MAX;
    }
    for (size_t t = 0; t < count; t++) {
        ret_sample->profits[t] = (double)months[t] / MICROS;
        least = fmin(least, ret_sample->profits[t]);
        most = fmax(most, ret_sample->profits[t]);
    }
    ret_sample->count = (uint32_t)count;
    ret_curve->months = (uint32_t)count;
    ret_curve->least = least;
    ret_curve->most = most;
}

void curve_fit(const int64_t *months, size_t count, struct curve *ret_curve)
{
    *ret_curve = (struct curve){.kind = CURVE_UNKNOWN};
    if (count < CURVE_MONTHS_MIN)
        return;
    struct sample sample;
    take_sample(months, count, &sample, ret_curve);
    // A millionth of the highest amount, and of the unit, in each month: what rounding leaves.
    double n = sample.count, size = 1, best = INFINITY;
    for (uint32_t t = 0; t < sample.count; t++)
        size = fmax(size, fabs(sample.profits[t]));
    double floor = n * (size / MICROS) * (size / MICROS);
    for (unsigned shape = CURVE_CONSTANT; shape < CURVE_KINDS; shape++) {
        uint8_t kind = (uint8_t)shape;
        struct fit fit;
        shapes[kind].fit(&sample, kind, &fit);
        double points = criterion(fit.squares, floor, n, shapes[kind].parameters);
        if (points >= best)
            continue;
        best = points;
        ret_curve->kind = kind;
        ret_curve->parameter_count = shapes[kind].parameters;
        for (int i = 0; i < CURVE_PARAMETERS_MAX; i++)
            ret_curve->parameters[i] = fit.parameters[i];
        ret_curve->scatter_micros = worth_rounded(sqrt(fit.squares / n) * MICROS);
    }
    must(ret_curve->kind != CURVE_UNKNOWN);
    ret_curve->slope_micros = worth_rounded((shape_at(ret_curve->kind, ret_curve->parameters, n - 1) -
                                             shape_at(ret_curve->kind, ret_curve->parameters, n - 2)) *
                                            MICROS);
}

int64_t curve_at(const struct curve *curve, uint32_t t)
{
    if (curve->kind == CURVE_UNKNOWN)
        return 0;
    double profit = shape_at(curve->kind, curve->parameters, t);
    if (t >= curve->months) {
        double wider = (curve->most - curve->least) * (t - curve->months + 1) / curve->months;
        profit = fmin(fmax(profit, curve->least - wider), curve->most + wider);
    }
    return worth_rounded(profit * MICROS);
}

int64_t curve_forecast(const struct curve *curve, uint32_t ahead)
{
    must(ahead <= CURVE_AHEAD_MAX);
    int128 sum = 0;
    for (uint32_t t = 0; t < ahead; t++)
        sum += curve_at(curve, curve->months + t);
    return worth_held(sum);
}

void curve_explain(const struct curve *curve, struct reason *ret_reason)
{
    static const char *const names[CURVE_PARAMETERS_MAX] = {"a", "b", "c"};
    static const char *const falling[CURVE_PARAMETERS_MAX] = {"a", "b", "c_month_ppm"};
    enum { YEAR_MONTHS = 12 };
    if (curve->kind == CURVE_UNKNOWN) {
        reason_start(ret_reason, "no curve through the monthly profits");
        reason_note(ret_reason, "it takes %d whole months", CURVE_MONTHS_MIN);
        return;
    }
    reason_start(ret_reason, "%s curve through %u months of profit; indicative, nothing is decided by it",
                 curve_names[curve->kind], curve->months);
    reason_add(ret_reason, "next_12_months", REASON_MONEY, curve_forecast(curve, YEAR_MONTHS));
    reason_add(ret_reason, "scatter", REASON_MONEY, curve->scatter_micros);
    reason_add(ret_reason, "slope", REASON_MONEY, curve->slope_micros);
    // Money, but for the rate of a curve that falls off and the month of its peak.
    bool falls = curve->kind == CURVE_DECAY || curve->kind == CURVE_BASS;
    for (uint32_t i = 0; i < curve->parameter_count && i < CURVE_PARAMETERS_MAX; i++)
        reason_add(ret_reason, falls && i > 0 ? falling[i] : names[i], falls && i > 0 ? REASON_PPM : REASON_MONEY,
                   worth_rounded(curve->parameters[i] * MICROS));
}
