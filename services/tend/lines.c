#include "services/tend/lines.h"

#include "common/must.h"
#include "common/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WINDOW = LINE_BYTES_MAX + (1 << 18), // the longest line and what follows it in one read
    SAMPLE = 1 << 20,                    // of the file decides about its encoding
    GROWTH = 3,                          // two bytes of GB18030 become at most three of UTF-8, four become four
};

enum encoding { UNDECIDED, UTF8, GB18030, WINDOWS, ENCODINGS };

static const char *const encoding_names[ENCODINGS] = {"", "UTF-8", "GB18030", "WINDOWS-1252"};

struct lines {
    int file;
    enum encoding encoding;
    iconv_t decoder; // opened with the first line that needs it
    iconv_t encoder; // with the first text
    uint64_t size;
    int64_t changed_ms;
    char *window;
    size_t from, to; // what of the window is not read yet
    uint64_t offset; // of window[from] in the file
    uint64_t number; // of the line that comes next
    bool ended;      // nothing follows the window
    int failure;     // errno of the read that failed
    char *decoded;   // one line
};

// The length of what is ASCII at the front, looked at eight bytes at a time.
static size_t ascii_length(const char *text, size_t length)
{
    size_t at = 0;
    uint64_t word;
    for (; at + sizeof word <= length; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

static bool is_ascii(const char *text, size_t length)
{
    return ascii_length(text, length) == length;
}

static bool is_utf8(const char *text, size_t length)
{
    for (size_t at = ascii_length(text, length); at < length;) {
        size_t bytes = utf8_length(text + at, length - at);
        if (bytes == 0)
            return false;
        at += bytes;
        at += bytes > 1 ? ascii_length(text + at, length - at) : 0;
    }
    return true;
}

// Moves what is left to the front and reads on until the window is full or the file ends.
static void fill(struct lines *lines)
{
    memmove(lines->window, lines->window + lines->from, lines->to - lines->from);
    lines->to -= lines->from;
    lines->from = 0;
    while (lines->to < WINDOW && !lines->ended) {
        off_t place = (off_t)(lines->offset + lines->to);
        ssize_t got = pread(lines->file, lines->window + lines->to, WINDOW - lines->to, place);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            lines->failure = errno;
        lines->ended = got <= 0;
        if (got > 0)
            lines->to += (size_t)got;
    }
}

// The length of the line at the front without its end; false when the window holds no end of a line.
static bool find_end(const struct lines *lines, size_t *ret_length, size_t *ret_step)
{
    const char *start = lines->window + lines->from;
    size_t left = lines->to - lines->from;
    const char *feed = memchr(start, '\n', left);
    const char *cr = memchr(start, '\r', feed == NULL ? left : (size_t)(feed - start));
    const char *end = cr != NULL ? cr : feed;
    if (end == NULL || (end == cr && (size_t)(end - start) + 1 == left && !lines->ended))
        return false;
    *ret_length = (size_t)(end - start);
    *ret_step = *ret_length + (end == cr && feed == cr + 1 ? 2 : 1);
    return true;
}

// Passes over the rest of a line that is too long.
static void skip_line(struct lines *lines)
{
    for (;;) {
        size_t length = 0, step = 0;
        bool found = find_end(lines, &length, &step);
        if (!found)
            step = lines->to - lines->from;
        lines->from += step;
        lines->offset += step;
        if (found || (lines->ended && lines->from == lines->to))
            return;
        fill(lines);
    }
}

// The line that begins at the front of the window, raw. False at the end.
static bool take_line(struct lines *lines, struct line *ret_line)
{
    size_t length = 0, step = 0;
    bool found = find_end(lines, &length, &step);
    if (!found) {
        fill(lines);
        found = find_end(lines, &length, &step);
    }
    if (lines->from == lines->to)
        return false;
    *ret_line = (struct line){.text = lines->window + lines->from, .number = lines->number++, .offset = lines->offset};
    if (!found)
        length = step = lines->to - lines->from;
    if (length > LINE_BYTES_MAX || (!found && !lines->ended)) {
        ret_line->trouble = LINE_TOO_LONG;
        skip_line(lines);
    } else {
        ret_line->length = length;
        lines->from += step;
        lines->offset += step;
    }
    ret_line->next_offset = lines->offset;
    return true;
}

static bool decode(struct lines *lines, const char *text, size_t length, size_t *ret_length)
{
    if (lines->decoder == (iconv_t)-1)
        lines->decoder = iconv_open("UTF-8", encoding_names[lines->encoding]);
    must(lines->decoder != (iconv_t)-1); // the C library has both
    char *from = (char *)(uintptr_t)text, *to = lines->decoded;
    size_t left = length, room = (size_t)LINE_BYTES_MAX * GROWTH;
    iconv(lines->decoder, NULL, NULL, NULL, NULL);
    if (iconv(lines->decoder, &from, &left, &to, &room) == (size_t)-1 || left > 0)
        return false;
    *ret_length = (size_t)(to - lines->decoded);
    return true;
}

// Counts the runs of bytes beyond ASCII, and those of one byte.
static void count_runs(const char *text, size_t length, size_t *runs, size_t *single)
{
    for (size_t at = 0; at < length;) {
        size_t run = 0;
        while (at + run < length && (unsigned char)text[at + run] >= 0x80)
            run++;
        *runs += run > 0;
        *single += run == 1;
        at += run > 0 ? run : 1;
    }
}

static enum encoding foreign_encoding(size_t runs, size_t single)
{
    return 2 * single > runs ? WINDOWS : GB18030;
}

static bool read_text(struct lines *lines, struct line *line)
{
    if (is_ascii(line->text, line->length))
        return true;
    if (lines->encoding == UNDECIDED) {
        size_t runs = 0, single = 0;
        count_runs(line->text, line->length, &runs, &single);
        lines->encoding = is_utf8(line->text, line->length) ? UTF8 : foreign_encoding(runs, single);
    }
    if (lines->encoding == UTF8)
        return is_utf8(line->text, line->length);
    if (!decode(lines, line->text, line->length, &line->length))
        return false;
    line->text = lines->decoded;
    return true;
}

bool lines_next(struct lines *lines, struct line *ret_line)
{
    struct line line;
    if (!take_line(lines, &line))
        return false;
    if (line.trouble == LINE_GOOD && memchr(line.text, '\0', line.length) != NULL)
        line.trouble = LINE_NUL;
    if (line.trouble == LINE_GOOD && !read_text(lines, &line))
        line.trouble = LINE_ENCODING;
    if (line.trouble != LINE_GOOD)
        line.length = 0;
    if (line.text != lines->decoded && line.length > 0)
        memcpy(lines->decoded, line.text, line.length);
    lines->decoded[line.length] = '\0';
    line.text = lines->decoded;
    *ret_line = line;
    return true;
}

const char *lines_failure(const struct lines *lines)
{
    return lines->failure == 0 ? NULL : strerror(lines->failure);
}

void lines_seek(struct lines *lines, uint64_t offset, uint64_t number)
{
    lines->offset = offset;
    lines->number = number;
    lines->from = lines->to = 0;
    lines->ended = false;
}

// Counts the lines of the sample that hold more than ASCII, and of these the ones in UTF-8. Leaves the lines at their
// start.
static void find_encoding(struct lines *lines)
{
    uint64_t start = lines->offset;
    size_t foreign = 0, well_formed = 0, runs = 0, single = 0;
    struct line line;
    while (lines->offset < start + SAMPLE && take_line(lines, &line)) {
        if (line.trouble != LINE_GOOD || is_ascii(line.text, line.length))
            continue;
        foreign++;
        well_formed += is_utf8(line.text, line.length);
        count_runs(line.text, line.length, &runs, &single);
    }
    // A single byte in a whole file is broken rather than a letter.
    if (foreign > 0)
        lines->encoding = 2 * well_formed >= foreign ? UTF8 : runs == 1 ? GB18030 : foreign_encoding(runs, single);
    lines_seek(lines, start, 1);
}

static bool name_encoding(const char *name, enum encoding *ret_encoding)
{
    static const struct {
        const char *name;
        enum encoding encoding;
    } known[] = {{"utf-8", UTF8},     {"utf8", UTF8},         {"gb18030", GB18030},
                 {"gbk", GB18030},    {"gb2312", GB18030},    {"windows-1252", WINDOWS},
                 {"latin1", WINDOWS}, {"iso-8859-1", WINDOWS}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasecmp(known[i].name, name) == 0) {
            *ret_encoding = known[i].encoding;
            return true;
        }
    }
    return false;
}

static bool open_file(struct lines *lines, const char *path, char *ret_error)
{
    lines->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;
    if (lines->file < 0 || fstat(lines->file, &facts) != 0) {
        snprintf(ret_error, LINES_ERROR_BYTES, "%s: %s", path, strerror(errno));
        return false;
    }
    if (!S_ISREG(facts.st_mode)) {
        snprintf(ret_error, LINES_ERROR_BYTES, "%s is no regular file: write its content into one first", path);
        return false;
    }
    lines->size = (uint64_t)facts.st_size;
    lines->changed_ms = (int64_t)facts.st_mtim.tv_sec * 1000 + facts.st_mtim.tv_nsec / 1000000;
    return true;
}

// What the first bytes of the file say about it.
static bool read_mark(struct lines *lines, const char *path, char *ret_error)
{
    fill(lines);
    const unsigned char *mark = (const unsigned char *)lines->window;
    if (lines->to >= 2 && ((mark[0] == 0xff && mark[1] == 0xfe) || (mark[0] == 0xfe && mark[1] == 0xff))) {
        snprintf(ret_error, LINES_ERROR_BYTES, "%s is UTF-16: save it as UTF-8 (in Excel: \"CSV UTF-8\")", path);
        return false;
    }
    if (lines->to >= 3 && memcmp(mark, "\xef\xbb\xbf", 3) == 0) {
        lines->encoding = UTF8;
        lines->from = 3;
        lines->offset = 3;
    } else if (lines->encoding == UNDECIDED) {
        find_encoding(lines);
    }
    return true;
}

bool lines_open(const char *path, const char *encoding, char *ret_error, struct lines **ret_lines)
{
    enum encoding told = UNDECIDED;
    if (encoding != NULL && !name_encoding(encoding, &told)) {
        snprintf(ret_error, LINES_ERROR_BYTES,
                 "\"%s\" is no encoding that is read here: utf-8, gb18030 or windows-1252", encoding);
        return false;
    }
    struct lines *lines = calloc(1, sizeof *lines);
    must(lines != NULL);
    lines->encoding = told;
    lines->number = 1;
    lines->window = malloc(WINDOW);
    lines->decoded = malloc((size_t)LINE_BYTES_MAX * GROWTH + 1);
    lines->decoder = lines->encoder = (iconv_t)-1;
    must(lines->window != NULL && lines->decoded != NULL);
    if (!open_file(lines, path, ret_error) || !read_mark(lines, path, ret_error)) {
        lines_close(&lines);
        return false;
    }
    *ret_lines = lines;
    return true;
}

void lines_close(struct lines **lines)
{
    if (*lines == NULL)
        return;
    if ((*lines)->file >= 0)
        close((*lines)->file);
    if ((*lines)->decoder != (iconv_t)-1)
        iconv_close((*lines)->decoder);
    if ((*lines)->encoder != (iconv_t)-1)
        iconv_close((*lines)->encoder);
    free((*lines)->window);
    free((*lines)->decoded);
    free(*lines);
    *lines = NULL;
}

size_t lines_bytes(const struct lines *lines, uint64_t offset, char *bytes, size_t room)
{
    size_t used = 0;
    while (used < room) {
        ssize_t got = pread(lines->file, bytes + used, room - used, (off_t)(offset + used));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    return used;
}

void lines_encode(struct lines *lines, const char *text, char *ret_text, size_t room)
{
    if (lines->encoding == UTF8 || lines->encoding == UNDECIDED) {
        snprintf(ret_text, room, "%s", text);
        return;
    }
    if (lines->encoder == (iconv_t)-1)
        lines->encoder = iconv_open(encoding_names[lines->encoding], "UTF-8");
    must(lines->encoder != (iconv_t)-1); // the C library has both
    iconv(lines->encoder, NULL, NULL, NULL, NULL);
    char *from = (char *)(uintptr_t)text, *to = ret_text;
    size_t left = strlen(text), space = room - 1;
    while (left > 0 && space > 0 && iconv(lines->encoder, &from, &left, &to, &space) == (size_t)-1 && errno != E2BIG &&
           space > 0) {
        *to++ = '?';
        space--;
        do {
            from++;
            left--;
        } while (left > 0 && ((unsigned char)*from & 0xc0) == 0x80);
    }
    *to = '\0';
}

void lines_tell(const struct lines *lines, uint64_t *ret_offset, uint64_t *ret_number)
{
    *ret_offset = lines->offset;
    *ret_number = lines->number;
}

uint64_t lines_size(const struct lines *lines)
{
    return lines->size;
}

const char *lines_encoding(const struct lines *lines)
{
    return lines->encoding == UNDECIDED ? encoding_names[UTF8] : encoding_names[lines->encoding];
}

int64_t lines_changed_ms(const struct lines *lines)
{
    return lines->changed_ms;
}

const char *line_trouble_text(enum line_trouble trouble)
{
    static const char *const texts[] = {
        [LINE_GOOD] = "is good",
        [LINE_TOO_LONG] = "is longer than a megabyte",
        [LINE_NUL] = "holds a NUL byte",
        [LINE_ENCODING] = "holds bytes that are no text in the file's encoding; --encoding names another one",
    };
    return texts[trouble];
}
