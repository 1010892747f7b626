// The lines of a text file of any size, in UTF-8 whatever the file is written in, each with its number and place.
//
// UTF-8 (a byte order mark is taken off), GB18030, which holds GBK and GB2312, and Windows-1252, which holds what
// Latin-1 has. Unless it is told, the encoding is found by the lines of the first megabyte that hold more than ASCII:
// UTF-8 when at least half of them are well-formed UTF-8; else Windows-1252 when most bytes beyond ASCII stand alone,
// as letters with accents do and Chinese, two bytes each, does not; else GB18030. When there are none, the first such
// line further down decides. A line ends with LF, CR LF or CR.
#ifndef TEND_TEND_LINES_H
#define TEND_TEND_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINE_BYTES_MAX = 1 << 20, // of one line in the file: no table of people's business has longer ones
    LINES_ERROR_BYTES = 300,
};

struct lines;

enum line_trouble { LINE_GOOD, LINE_TOO_LONG, LINE_NUL, LINE_ENCODING };

struct line {
    const char *text; // UTF-8 without its end, a NUL behind it; empty when there is trouble; lives until the next call
    size_t length;
    uint64_t number;      // from 1
    uint64_t offset;      // of its first byte in the file
    uint64_t next_offset; // of the line after it
    enum line_trouble trouble;
};

// Opens a regular file. `encoding`: "utf-8", "gb18030", "windows-1252", or NULL to find it. False with a sentence in
// `ret_error` (LINES_ERROR_BYTES): cannot be read, no regular file, UTF-16, an encoding that we do not know.
bool lines_open(const char *path, const char *encoding, char *ret_error, struct lines **ret_lines);

// Takes NULL.
void lines_close(struct lines **lines);

// The next line; false at the end of the file.
bool lines_next(struct lines *lines, struct line *ret_line);

// Why reading stopped before the end, such as a broken disk; NULL when it did not.
const char *lines_failure(const struct lines *lines);

// Goes on at the line that begins at `offset` and has this number: what an earlier line said.
void lines_seek(struct lines *lines, uint64_t offset, uint64_t number);

// Copies up to `room` bytes of the file as they are, from `offset` on. Returns how many there were.
size_t lines_bytes(const struct lines *lines, uint64_t offset, char *bytes, size_t room);

// The text, which is UTF-8, as the file would write it: what its encoding does not have becomes a question mark, and
// what does not fit into `room` is cut.
void lines_encode(struct lines *lines, const char *text, char *ret_text, size_t room);

// The place and the number of the line that comes next.
void lines_tell(const struct lines *lines, uint64_t *ret_offset, uint64_t *ret_number);

// Bytes of the whole file, as it was when it was opened.
uint64_t lines_size(const struct lines *lines);

// "UTF-8" or "GB18030".
const char *lines_encoding(const struct lines *lines);

// When the file was last changed, in milliseconds since 1970.
int64_t lines_changed_ms(const struct lines *lines);

// A sentence about the trouble: "holds a NUL byte".
const char *line_trouble_text(enum line_trouble trouble);

#endif
