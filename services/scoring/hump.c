#include "services/scoring/hump.h"

#include "common/must.h"

#include <math.h>
#include <stdbool.h>

// What is this much lower than the top, as a logarithm, adds less to the integral than a double can tell.
static const double deep = 45;

static const double long_part = 8;

// Halvings and Newton steps are bounded; each is enough for any width that a double can hold.
enum { HALVINGS_MAX = 60, STEPS_MAX = 60 };

// The points of Gauss and Legendre, from the middle of a span of 1 outwards, and their weights.
static const double nodes[HUMP_HALF] = {
    0.0241538328438691581, 0.0722359807913982467, 0.119643681126068537, 0.165934301141063825,
    0.210675638065317673,  0.253449954466114695,  0.293857878620381165, 0.3315221334651076,
    0.36609105937014484,   0.397241897983971203,  0.424683806866284985, 0.448160577883026062,
    0.467453037968869845,  0.482381127793753215,  0.492805755772634168, 0.498631930924740782};
static const double weights[HUMP_HALF] = {
    0.0482700442573639003, 0.0478193600396374297, 0.0469221995404022828, 0.0455869393478819424,
    0.0438260465022019056, 0.0416559621134733776, 0.0390969478935351532, 0.0361728970544242531,
    0.0329111113881809234, 0.0293420467392677736, 0.0254990296311880881, 0.0214179490111133403,
    0.0171369314565107166, 0.0126960326546310297, 0.0081371973654528353, 0.0035093050047350483};

// Where the curve is highest, to the precision that the parts beside it need: the two are integrated up to it, so an
// error moves a little from one to the other.
static double top_of(hump_curve *curve, const void *context, double width)
{
    double slope;
    curve(context, 0, &slope);
    if (slope <= 0)
        return 0;
    curve(context, width, &slope);
    if (slope >= 0)
        return width;
    double low = 0, high = width;
    for (unsigned i = 0; i < HALVINGS_MAX && high - low > 1e-9 * width; i++) {
        double middle = low + (high - low) / 2;
        curve(context, middle, &slope);
        *(slope > 0 ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

// How far from `at` the curve is deep, going by `sign`, at most `limit`. Newton from outside stays outside, since the
// curve is concave; a fifth too deep is near enough.
static double reach(hump_curve *curve, const void *context, double at, double top, double sign, double limit)
{
    double far = limit;
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        double slope, drop = top - curve(context, at + sign * far, &slope);
        if (drop <= deep * 1.2)
            break;
        double step = (drop - deep) / fabs(slope);
        if (!(step < far))
            break;
        far -= step;
    }
    return far;
}

// Whether the curve is so gentle that all of it is one part, wherever its top is: most are.
static bool gentle(hump_curve *curve, const void *context, double width, double *ret_top)
{
    double at_start, at_end, first = curve(context, 0, &at_start), last = curve(context, width, &at_end);
    *ret_top = fmax(first, last);
    return width <= 6 && fabs(at_start) * width <= 20 && fabs(at_end) * width <= 20;
}

// Curves bend within a unit or so, and the points cannot follow several bends: a long part is two.
static void add(struct hump *hump, double from, double to)
{
    unsigned parts = to - from > long_part ? 2 : 1;
    for (unsigned i = 0; i < parts; i++) {
        hump->from[hump->parts] = from + (to - from) * i / parts;
        hump->to[hump->parts++] = from + (to - from) * (i + 1) / parts;
    }
}

void hump_find(hump_curve *curve, const void *context, double width, struct hump *ret)
{
    must(width > 0 && isfinite(width));
    double slope, top;
    if (gentle(curve, context, width, &top)) {
        *ret = (struct hump){.parts = 1, .to = {width}, .top = top};
        return;
    }
    double at = top_of(curve, context, width);
    *ret = (struct hump){.top = curve(context, at, &slope)};
    if (at > 0)
        add(ret, at - reach(curve, context, at, ret->top, -1, at), at);
    if (at < width)
        add(ret, at, at + reach(curve, context, at, ret->top, 1, width - at));
}

double hump_point(const struct hump *hump, unsigned part, unsigned i, double *ret_weight)
{
    double span = hump->to[part] - hump->from[part];
    double node = i < HUMP_HALF ? 0.5 - nodes[HUMP_HALF - 1 - i] : 0.5 + nodes[i - HUMP_HALF];
    *ret_weight = span * weights[i < HUMP_HALF ? HUMP_HALF - 1 - i : i - HUMP_HALF];
    return hump->from[part] + span * node;
}

double hump_log_integral(hump_curve *curve, const void *context, double width)
{
    struct hump hump;
    hump_find(curve, context, width, &hump);
    double sum = 0;
    for (unsigned part = 0; part < hump.parts; part++)
        for (unsigned i = 0; i < HUMP_POINTS; i++) {
            double slope, weight, at = hump_point(&hump, part, i, &weight);
            sum += weight * exp(curve(context, at, &slope) - hump.top);
        }
    return log(sum) + hump.top;
}
