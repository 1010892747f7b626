#include "services/scoring/dimension.h"

#include "common/must.h"
#include "services/scoring/advocacy.h"
#include "services/scoring/aftersales.h"
#include "services/scoring/clv.h"
#include "services/scoring/completeness.h"
#include "services/scoring/declining.h"
#include "services/scoring/demand.h"
#include "services/scoring/face.h"
#include "services/scoring/forecast.h"
#include "services/scoring/kind.h"
#include "services/scoring/lead.h"
#include "services/scoring/ledger.h"
#include "services/scoring/lifecycle.h"
#include "services/scoring/loyalty.h"
#include "services/scoring/rival.h"
#include "services/scoring/satisfaction.h"

#include <stdio.h>
#include <string.h>

enum { RFM_BASE = LEDGER_PARTS + 1, TIERS = LIMITS_SMALL + 1, ANSWERS = 3, CLASSES = LEDGER_C + 1 };

static const char *const class_names[CLASSES] = {"", "A", "B", "C"};
static const char *const tier_names[TIERS] = {"", "important", "secondary", "ordinary", "small"};
static const char *const answer_names[ANSWERS] = {"", "no", "yes"};

_Static_assert((int)DECLINING_YES == ANSWERS - 1 && (int)RIVAL_YES == ANSWERS - 1, "yes is yes");

// The words of every dimension that has fixed ones, and whether its changes are announced.
static const struct {
    const char *name;
    const char *const *words;
    uint8_t count;
    bool told;
} dimensions[DIMENSIONS] = {
    [DIMENSION_ABC] = {"value.abc", class_names, CLASSES, true},
    [DIMENSION_OVERDUE] = {"risk.overdue", answer_names, ANSWERS, true},
    [DIMENSION_DROP] = {"risk.drop", answer_names, ANSWERS, true},
    [DIMENSION_TIER] = {"value.tier", tier_names, TIERS, true},
    [DIMENSION_RFM] = {"value.rfm", NULL, 0, false},
    [DIMENSION_CLV] = {"value.clv", clv_names, CLV_VALUES, true},
    [DIMENSION_KIND] = {"value.kind", kind_names, KIND_VALUES, true},
    [DIMENSION_FACE] = {"value.face", face_names, FACE_VALUES, true},
    [DIMENSION_POLICY] = {"value.policy", NULL, 0, true},
    [DIMENSION_DEMAND] = {"demand.state", demand_names, DEMAND_VALUES, true},
    [DIMENSION_NEXT_ORDER] = {"demand.next_order", forecast_names, FORECAST_VALUES, false},
    [DIMENSION_LIFECYCLE] = {"demand.lifecycle", lifecycle_names, LIFECYCLE_VALUES, true},
    [DIMENSION_DECLINING] = {"risk.declining", declining_names, DECLINING_VALUES, true},
    [DIMENSION_RIVAL] = {"risk.rival", rival_names, RIVAL_VALUES, true},
    [DIMENSION_CONCENTRATION] = {"risk.concentration", answer_names, ANSWERS, true},
    [DIMENSION_STAGE] = {"lead.stage", lead_stage_names, LEAD_STAGES, true},
    [DIMENSION_INTENTION] = {"lead.intention", lead_intention_names, LEAD_INTENTIONS, true},
    [DIMENSION_TEMPERATURE] = {"lead.temperature", lead_temperature_names, LEAD_TEMPERATURES, true},
    [DIMENSION_HORIZON] = {"lead.horizon", lead_horizon_names, LEAD_HORIZONS, true},
    [DIMENSION_QUALIFIED] = {"lead.qualified", lead_qualified_names, LEAD_QUALIFIEDS, true},
    [DIMENSION_SATISFACTION] = {"care.satisfaction", satisfaction_names, SATISFACTION_VALUES, true},
    [DIMENSION_STATUS] = {"care.status", aftersales_names, AFTERSALES_VALUES, true},
    [DIMENSION_ADVOCACY] = {"care.advocacy", advocacy_names, ADVOCACY_VALUES, true},
    [DIMENSION_LOYALTY] = {"care.loyalty", loyalty_names, LOYALTY_VALUES, true},
    [DIMENSION_COMPLETENESS] = {"file.completeness", completeness_names, COMPLETENESS_VALUES, true},
    [DIMENSION_SCHEME] = {"value.abc.", class_names, CLASSES, true},
};

const char *const dimension_labels[DIMENSIONS] = {
    [DIMENSION_ABC] = "value.abc",
    [DIMENSION_OVERDUE] = "risk.overdue",
    [DIMENSION_DROP] = "risk.drop",
    [DIMENSION_TIER] = "value.tier",
    [DIMENSION_RFM] = "value.rfm",
    [DIMENSION_CLV] = "value.clv",
    [DIMENSION_KIND] = "value.kind",
    [DIMENSION_FACE] = "value.face",
    [DIMENSION_POLICY] = "value.policy",
    [DIMENSION_DEMAND] = "demand.state",
    [DIMENSION_NEXT_ORDER] = "demand.next_order",
    [DIMENSION_LIFECYCLE] = "demand.lifecycle",
    [DIMENSION_DECLINING] = "risk.declining",
    [DIMENSION_RIVAL] = "risk.rival",
    [DIMENSION_CONCENTRATION] = "risk.concentration",
    [DIMENSION_STAGE] = "lead.stage",
    [DIMENSION_INTENTION] = "lead.intention",
    [DIMENSION_TEMPERATURE] = "lead.temperature",
    [DIMENSION_HORIZON] = "lead.horizon",
    [DIMENSION_QUALIFIED] = "lead.qualified",
    [DIMENSION_SATISFACTION] = "care.satisfaction",
    [DIMENSION_STATUS] = "care.status",
    [DIMENSION_ADVOCACY] = "care.advocacy",
    [DIMENSION_LOYALTY] = "care.loyalty",
    [DIMENSION_COMPLETENESS] = "file.completeness",
    [DIMENSION_SCHEME + 0] = "value.abc.1",
    [DIMENSION_SCHEME + 1] = "value.abc.2",
    [DIMENSION_SCHEME + 2] = "value.abc.3",
    [DIMENSION_SCHEME + 3] = "value.abc.4",
};

static bool is_scheme(enum dimension dimension)
{
    return dimension >= DIMENSION_SCHEME && dimension < DIMENSION_SCHEME_END;
}

// The row: the schemes share one.
static enum dimension row_of(enum dimension dimension)
{
    must((int)dimension >= 0 && dimension < DIMENSIONS);
    return is_scheme(dimension) ? DIMENSION_SCHEME : dimension;
}

size_t dimension_count(const struct dimension_names *names)
{
    return DIMENSION_SCHEME + names->scheme_count;
}

const char *dimension_name(const struct dimension_names *names, enum dimension dimension, char *buffer)
{
    const char *name = dimensions[row_of(dimension)].name;
    size_t at = is_scheme(dimension) ? (size_t)(dimension - DIMENSION_SCHEME) : names->scheme_count;
    if (at < names->scheme_count)
        snprintf(buffer, DIMENSION_NAME_BYTES, "%s%s", name, names->schemes[at]);
    else
        memcpy(buffer, name, strlen(name) + 1);
    return buffer;
}

bool dimension_of(const struct dimension_names *names, const char *name, enum dimension *ret_dimension)
{
    char buffer[DIMENSION_NAME_BYTES];
    for (size_t i = 0; i < dimension_count(names); i++) {
        if (strcmp(dimension_name(names, (enum dimension)i, buffer), name) == 0) {
            *ret_dimension = (enum dimension)i;
            return true;
        }
    }
    return false;
}

// "555"; "" for a number that is no three scores of 1 to 5.
static const char *rfm_word(uint8_t value, char *buffer)
{
    int r = value / (RFM_BASE * RFM_BASE), f = value / RFM_BASE % RFM_BASE, m = value % RFM_BASE;
    if (r == 0 || r > LEDGER_PARTS || f == 0 || m == 0)
        return "";
    snprintf(buffer, DIMENSION_WORD_BYTES, "%d%d%d", r, f, m);
    return buffer;
}

const char *dimension_word(const struct dimension_names *names, enum dimension dimension, uint8_t value, char *buffer)
{
    if (value == 0)
        return "";
    if (dimension == DIMENSION_RFM)
        return rfm_word(value, buffer);
    if (dimension == DIMENSION_POLICY)
        return value <= names->class_count ? names->classes[value - 1] : "";
    enum dimension row = row_of(dimension);
    return value < dimensions[row].count ? dimensions[row].words[value] : "";
}

bool dimension_value(const struct dimension_names *names, enum dimension dimension, const char *word,
                     uint8_t *ret_value)
{
    char buffer[DIMENSION_WORD_BYTES];
    if (word[0] == '\0')
        return false;
    for (unsigned value = 1; value <= UINT8_MAX; value++) {
        if (strcmp(dimension_word(names, dimension, (uint8_t)value, buffer), word) == 0) {
            *ret_value = (uint8_t)value;
            return true;
        }
    }
    return false;
}

bool dimension_told(enum dimension dimension)
{
    return dimensions[row_of(dimension)].told;
}

uint8_t dimension_begins(enum dimension dimension)
{
    static const uint8_t no = DECLINING_NO;
    const char *const *words = dimensions[row_of(dimension)].words;
    return words == answer_names || words == declining_names || words == rival_names ? no : 0;
}

bool dimension_is_news(enum dimension dimension, uint8_t value)
{
    switch (dimension) {
    case DIMENSION_STAGE:
    case DIMENSION_INTENTION:
    case DIMENSION_TEMPERATURE:
    case DIMENSION_HORIZON:
    case DIMENSION_QUALIFIED:
    case DIMENSION_SATISFACTION:
        return true;
    case DIMENSION_STATUS:
        return value == AFTERSALES_COMPLAINING || value == AFTERSALES_LOST;
    default:
        return false;
    }
}
