#include "services/notifier/letter.h"

#include "common/must.h"
#include "services/notifier/calls.h"
#include "services/notifier/digest.h"
#include "services/notifier/item.h"

#include <stdio.h>
#include <string.h>

enum { LINK_BYTES = 400 };

size_t letter_compose(const struct letter *letter, const struct letter_fit *fit, char *buffer)
{
    must(fit->limit >= LETTER_LIMIT_MIN && letter->language < LANGUAGES);
    struct pen pen = {.letter = letter, .fit = fit, .buffer = buffer};
    struct facts facts = pen_facts(&pen);
    char id[32];
    snprintf(id, sizeof id, "#%.20s", letter->id);
    buffer[0] = '\0';
    if (fit->prefix[0] != '\0') {
        pen_put(&pen, fit->prefix);
        pen_put(&pen, "\n");
    }
    if (letter->again)
        pen_line(&pen, &facts, LINE_AGAIN);
    char link[LINK_BYTES] = "";
    if (letter->link[0] != '\0')
        snprintf(link, sizeof link, "%s%s\n", pen_chinese(&pen) ? "回复请点：" : "Answer here: ", letter->link);
    pen.kept = fit->cost(link, strlen(link)) + fit->cost(id, strlen(id)) + 2;
    for (size_t i = 0; i < letter->list_count; i++)
        pen.kept += calls_cost(&pen, &letter->lists[i]);
    for (size_t i = 0; i < letter->digest_count; i++)
        pen.kept += digest_cost(&pen, &letter->digests[i]);
    item_put_all(&pen);
    for (size_t i = 0; i < letter->list_count; i++) {
        pen.kept -= calls_cost(&pen, &letter->lists[i]);
        calls_put(&pen, &letter->lists[i]);
    }
    for (size_t i = 0; i < letter->digest_count; i++) {
        pen.kept -= digest_cost(&pen, &letter->digests[i]);
        digest_put(&pen, &letter->digests[i]);
    }
    pen_put(&pen, link);
    pen_put(&pen, id);
    return pen.used;
}
