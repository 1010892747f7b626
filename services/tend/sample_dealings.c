#include "services/tend/sample_dealings.h"

#include "common/money.h"

enum {
    DEALINGS_STREAM = 50000000, // and the number of the customer: beyond those of trade and talk
    HALF_YEAR = 182,
    QUARTER = 91,
    TOP_PERCENT = 20,
    REFERRAL_EVERY = 13, // of so many customers one brought another
    PRAISE_EVERY = 9,
    SURVEY_EVERY = 10,
    PPM_OF_PERCENT = 10000,
    // Whom the single stories are about. 0 to 12 are talked about elsewhere.
    RIVAL = 4,
    INFLUENCE = 13,
    PROMISING = 14,
    PAST = 15,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BODY(script, body) sample_body(script, &tend__v1__##body##__descriptor)

struct dealings {
    struct sample_script *script;
    const struct sample_cast *cast;
    const struct sample_trade *trade;
};

typedef const struct sample_customer customer_t_of_cast;

static int64_t moment(const struct dealings *dealings, const struct sample_customer *customer, int32_t day)
{
    return sample_ms(dealings->cast, customer->rep, sample_workday(day), 10 * 60 + 20);
}
