#include "services/tend/workbook.h"

#include "services/tend/cards.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

enum { PATH_ROOM = 4096, ROWS_MAX = 1048575, NAME_WIDTH = 28, USUAL_WIDTH = 14 };

struct book {
    lxw_worksheet *sheet;
    lxw_format *money, *share, *day, *head;
    struct card_columns columns;
};

static void put_day(const struct book *book, lxw_row_t row, lxw_col_t at, const char *text)
{
    lxw_datetime day = {0};
    if (sscanf(text, "%d-%d-%d", &day.year, &day.month, &day.day) == 3 && day.year >= 1900)
        worksheet_write_datetime(book->sheet, row, at, &day, book->day);
    else
        worksheet_write_string(book->sheet, row, at, text, NULL);
}

static void put_cell(const struct book *book, lxw_row_t row, lxw_col_t at, enum card_kind kind, const char *text)
{
    if (text[0] == '\0')
        return;
    switch (kind) {
    case CARD_MONEY:
        worksheet_write_number(book->sheet, row, at, strtod(text, NULL), book->money);
        return;
    case CARD_NUMBER:
        worksheet_write_number(book->sheet, row, at, strtod(text, NULL), NULL);
        return;
    case CARD_PPM:
        worksheet_write_number(book->sheet, row, at, strtod(text, NULL) / 1e6, book->share);
        return;
    case CARD_DAY:
        put_day(book, row, at, text);
        return;
    case CARD_TEXT:
    case CARD_FLAG:
        worksheet_write_string(book->sheet, row, at, text, NULL);
        return;
    }
}

static void fill(struct book *book, struct cardlist *cards)
{
    char cell[CARDS_CELL_BYTES];
    size_t i = 0;
    const json_t *card;
    for (size_t j = 0; j < book->columns.count; j++) {
        const struct card_column *column = &book->columns.columns[j];
        bool share = column->kind == CARD_PPM;
        worksheet_set_column(book->sheet, (lxw_col_t)j, (lxw_col_t)j, j == 1 ? NAME_WIDTH : USUAL_WIDTH, NULL);
        worksheet_write_string(book->sheet, 0, (lxw_col_t)j, share ? "share" : column->name, book->head);
    }
    for (; (card = cardlist_next(cards)) != NULL; i++)
        for (size_t j = 0; j < book->columns.count; j++)
            put_cell(book, (lxw_row_t)(i + 1), (lxw_col_t)j, book->columns.columns[j].kind,
                     cards_cell(card, &book->columns.columns[j], cell));
    worksheet_freeze_panes(book->sheet, 1, 1);
    worksheet_autofilter(book->sheet, 0, 0, (lxw_row_t)i, (lxw_col_t)(book->columns.count - 1));
}

static bool complain(const char *path, const char *reason, char *ret_error, size_t bytes)
{
    snprintf(ret_error, bytes, "%s: %s", path, reason);
    return false;
}

bool cards_write_workbook(const char *path, struct cardlist *cards, char *ret_error, size_t bytes)
{
    char aside[PATH_ROOM];
    if ((size_t)snprintf(aside, sizeof aside, "%s.%ld.new", path, (long)getpid()) >= sizeof aside)
        return complain(path, strerror(ENAMETOOLONG), ret_error, bytes);
    if (cardlist_count(cards) > ROWS_MAX)
        return complain(path, "a sheet has room for 1,048,575 customers: --limit, or --csv", ret_error, bytes);
    // The library says on standard error what it cannot open, in words of its own: so it is tried before.
    FILE *probe = fopen(aside, "wb");
    if (probe == NULL)
        return complain(path, strerror(errno), ret_error, bytes);
    fclose(probe);
    // Rows go to a file as they are written, so a long list needs little memory.
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_workbook *workbook = workbook_new_opt(aside, &options);
    if (workbook == NULL)
        return complain(path, "cannot be made", ret_error, bytes);
    struct book book = {.sheet = workbook_add_worksheet(workbook, "customers")};
    book.money = workbook_add_format(workbook);
    book.share = workbook_add_format(workbook);
    book.day = workbook_add_format(workbook);
    book.head = workbook_add_format(workbook);
    format_set_num_format(book.money, "#,##0.00");
    format_set_num_format(book.share, "0.00%");
    format_set_num_format(book.day, "yyyy-mm-dd");
    format_set_bold(book.head);
    cards_columns(cards, &book.columns);
    fill(&book, cards);
    lxw_error failed = workbook_close(workbook);
    if (failed == LXW_NO_ERROR && cardlist_broken(cards)) {
        unlink(aside);
        return complain(path, "/tmp has no room for so many customers", ret_error, bytes);
    }
    if (failed == LXW_NO_ERROR && rename(aside, path) == 0)
        return true;
    const char *reason = failed != LXW_NO_ERROR ? lxw_strerror(failed) : strerror(errno);
    complain(path, reason, ret_error, bytes);
    unlink(aside);
    return false;
}
