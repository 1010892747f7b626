#include "services/scoring/face.h"

#include "services/scoring/series.h"

const char *const face_names[FACE_VALUES] = {"", "none", "red", "white", "black"};

static bool is_red(const struct face_options *options, const struct face_facts *facts, const struct face *face)
{
    return face->margin_ppm >= options->red_margin_ppm && face->deal_micros >= options->red_deal_micros &&
           facts->cv_ppm >= options->irregular_ppm;
}

static bool is_white(const struct face_options *options, const struct face_facts *facts, const struct face *face)
{
    return facts->big && face->margin_ppm <= options->white_margin_ppm && facts->cv_ppm <= options->regular_ppm;
}

void face_judge(const struct face_options *options, const struct face_facts *facts, struct face *ret)
{
    *ret = (struct face){0};
    if (facts->margin_known && facts->net_micros > 0 && facts->orders > 0) {
        ret->rate_known = true;
        ret->margin_ppm = series_ppm(facts->margin_micros, facts->net_micros);
        ret->deal_micros = facts->margin_micros / facts->orders;
    }
    if (!facts->key && !facts->big)
        ret->value = FACE_NONE;
    else if (!ret->rate_known || facts->gap_count < options->min_gaps)
        ret->value = FACE_UNKNOWN;
    else if (is_red(options, facts, ret))
        ret->value = FACE_RED;
    else if (is_white(options, facts, ret))
        ret->value = FACE_WHITE;
    else
        ret->value = FACE_NONE;
}

static const char *rule(const struct face_facts *facts, const struct face *face)
{
    if (face->value == FACE_RED)
        return "red face: much profit per deal, bought at random";
    if (face->value == FACE_WHITE)
        return "white face: great volume, very low margin, steady";
    if (!facts->key && !facts->big)
        return "no face: not a key customer";
    return face->value == FACE_NONE ? "no face: a key customer without the marks of red or white"
                                    : "face is not known: costs or rhythm are missing";
}

void face_explain(const struct face_options *options, const struct face_facts *facts, const struct face *face,
                  struct reason *ret_reason)
{
    reason_start(ret_reason, "%s", rule(facts, face));
    reason_add(ret_reason, "sales", REASON_MONEY, facts->net_micros);
    if (!facts->key && !facts->big)
        return;
    if (face->rate_known) {
        reason_add(ret_reason, "margin_share", REASON_PPM, face->margin_ppm);
        reason_add(ret_reason, "margin_an_order", REASON_MONEY, face->deal_micros);
    }
    reason_add(ret_reason, "gaps", REASON_COUNT, facts->gap_count);
    reason_add(ret_reason, "gap_variation", REASON_PPM, facts->cv_ppm);
    reason_add(ret_reason, "red_from_margin", REASON_PPM, options->red_margin_ppm);
    reason_add(ret_reason, "white_to_margin", REASON_PPM, options->white_margin_ppm);
    if (face->value == FACE_UNKNOWN)
        reason_note(ret_reason, "missing: %s%s%s", face->rate_known ? "" : "costs",
                    !face->rate_known && facts->gap_count < options->min_gaps ? ", " : "",
                    facts->gap_count < options->min_gaps ? "purchases" : "");
}
