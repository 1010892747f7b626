// Tickets: what is written is read again, nothing else is, and only for as long as it lasts.
#include "services/notifier/ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { NOW_S = 1800000000 };

static const struct ticket sample = {
    .message = "a1b2c3d4e5f6", .item = 3, .action = TICKET_SNOOZED, .expires_s = NOW_S + 60};

static struct ticket_keys keys_of(uint8_t current, uint8_t previous)
{
    struct ticket_keys keys = {.has_current = current != 0, .has_previous = previous != 0};
    memset(keys.current, current, sizeof keys.current);
    memset(keys.previous, previous, sizeof keys.previous);
    return keys;
}

static enum ticket_reading reads(const struct ticket_keys *keys, const char *text, int64_t now_s)
{
    struct ticket ticket;
    return ticket_read(keys, text, now_s, &ticket);
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    static const struct ticket rows[] = {
        {.message = "a1b2c3d4e5f6", .item = 3, .action = TICKET_SNOOZED, .expires_s = NOW_S + 60},
        {.message = "000000000000", .item = 0, .action = TICKET_OPEN, .expires_s = NOW_S + 1},
        {.message = "ffffffffffff", .item = 65535, .action = TICKET_NOT_INTERESTED, .expires_s = UINT32_MAX},
    };
    struct ticket_keys keys = keys_of(1, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TICKET_TEXT_BYTES];
        struct ticket ticket;
        ticket_write(&keys, &rows[i], text);
        assert_int_equal(strlen(text), TICKET_TEXT_BYTES - 1);
        assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"),
                         strlen(text));
        assert_int_equal(ticket_read(&keys, text, NOW_S, &ticket), TICKET_GOOD);
        assert_string_equal(ticket.message, rows[i].message);
        assert_int_equal(ticket.item, rows[i].item);
        assert_int_equal(ticket.action, rows[i].action);
        assert_int_equal(ticket.expires_s, rows[i].expires_s);
    }
}

// Every other character in every place, and every other length.
static void test_nothing_else_is(void **state)
{
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/=%. ";
    struct ticket_keys keys = keys_of(1, 0);
    char text[TICKET_TEXT_BYTES], other[TICKET_TEXT_BYTES + 4];
    ticket_write(&keys, &sample, text);
    for (size_t i = 0; i < strlen(text); i++)
        for (const char *letter = letters; *letter != '\0'; letter++) {
            memcpy(other, text, sizeof text);
            other[i] = *letter;
            if (*letter != text[i])
                assert_int_equal(reads(&keys, other, NOW_S), TICKET_FORGED);
        }
    for (size_t length = 0; length < strlen(text); length++) {
        memcpy(other, text, length);
        other[length] = '\0';
        assert_int_equal(reads(&keys, other, NOW_S), TICKET_FORGED);
    }
    memcpy(other, text, sizeof text);
    strcat(other, "A");
    assert_int_equal(reads(&keys, other, NOW_S), TICKET_FORGED);
}

static void test_it_lasts_so_long(void **state)
{
    (void)state;
    struct ticket_keys keys = keys_of(1, 0);
    struct ticket ticket;
    char text[TICKET_TEXT_BYTES];
    ticket_write(&keys, &sample, text);
    assert_int_equal(reads(&keys, text, NOW_S + 59), TICKET_GOOD);
    assert_int_equal(ticket_read(&keys, text, NOW_S + 60, &ticket), TICKET_EXPIRED);
    assert_string_equal(ticket.message, sample.message); // so that the page can speak the rep's language
}

static void test_keys_change(void **state)
{
    (void)state;
    struct ticket_keys first = keys_of(1, 0), second = keys_of(2, 1), third = keys_of(3, 2), none = keys_of(0, 0);
    char text[TICKET_TEXT_BYTES];
    ticket_write(&first, &sample, text);
    assert_int_equal(reads(&first, text, NOW_S), TICKET_GOOD);
    assert_int_equal(reads(&second, text, NOW_S), TICKET_GOOD);
    assert_int_equal(reads(&third, text, NOW_S), TICKET_FORGED);
    assert_int_equal(reads(&none, text, NOW_S), TICKET_FORGED);
    // A key that was never made, and reads as zeros, is none.
    struct ticket_keys zero = keys_of(0, 0);
    zero.has_current = true;
    ticket_write(&zero, &sample, text);
    assert_int_equal(reads(&none, text, NOW_S), TICKET_FORGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_nothing_else_is),
        cmocka_unit_test(test_it_lasts_so_long),
        cmocka_unit_test(test_keys_change),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
