#include "base/csv.h"
#include "base/unpack.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* A text handed out in pieces of `step` bytes. */
struct pieces {
    const char *text;
    size_t left;
    size_t step;
};

static enum err next_piece(void *state, char *out, size_t room, size_t *length) {
    struct pieces *pieces = state;
    size_t take = pieces->left < pieces->step ? pieces->left : pieces->step;
    take = take < room ? take : room;
    memcpy(out, pieces->text, take);
    pieces->text += take;
    pieces->left -= take;
    *length = take;
    return ERR_NONE;
}

/* Every row as "a|b;", whatever the size of the pieces. ERR_… where reading fails. */
static enum err read_all(const char *text, size_t length, size_t step, char *out, size_t room) {
    struct pieces pieces = {text, length, step};
    struct csv csv;
    char *fields[CSV_FIELDS_MAX];
    size_t count = 0;
    size_t used = 0;
    out[0] = '\0';
    assert_ok(csv_init(&csv, next_piece, &pieces));
    enum err e = csv_next(&csv, fields, &count);
    for (; e == ERR_NONE && count > 0; e = csv_next(&csv, fields, &count)) {
        for (size_t i = 0; i < count; i++) {
            used += (size_t)snprintf(out + used, room - used, "%s%s", i > 0 ? "|" : "", fields[i]);
        }
        used += (size_t)snprintf(out + used, room - used, ";");
    }
    csv_clear(&csv);
    return e;
}

static void expect(const char *text, const char *rows) {
    char out[512];
    for (size_t step = 1; step < 20; step += 3) {
        assert_ok(read_all(text, strlen(text), step, out, sizeof out));
        assert_string_equal(out, rows);
    }
}

static void reads_rows_and_fields(void **state) {
    (void)state;
    expect("", "");
    expect("a,b\n1,2\n", "a|b;1|2;");
    expect("a,b\r\n1,2\r\n", "a|b;1|2;");
    expect("a,b\n1,2", "a|b;1|2;");
    expect("a,,\n,,c\n", "a||;||c;");
    expect("\"a\",\"b\"\n", "a|b;");
    expect("\"a,b\",\"c\"\"d\"\n", "a,b|c\"d;");
    expect("\"a\nb\",c\n", "a\nb|c;");
    expect("\"\",x\n", "|x;");
    expect("x,\"\"\n", "x|;");
    expect("é,\"à\"\n", "é|à;");
}

static void refuses_malformed_csv(void **state) {
    (void)state;
    char out[512];
    const char *texts[] = {"\"a", "\"a\n", "a\"b,c\n", "\"a\"b,c\n", "a,\"b\"c\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(read_all(texts[i], strlen(texts[i]), 100, out, sizeof out), ERR_INVALID);
    }
    assert_int_equal(read_all("a\0b,c\n", 6, 100, out, sizeof out), ERR_INVALID);
    char many[CSV_FIELDS_MAX + 2];
    memset(many, ',', CSV_FIELDS_MAX);
    many[CSV_FIELDS_MAX] = '\n';
    assert_int_equal(read_all(many, CSV_FIELDS_MAX + 1, 100, out, sizeof out), ERR_INVALID);
    const size_t size = 3 * CSV_ROW_BYTES_MAX;
    char *huge = malloc(size);
    assert_non_null(huge);
    memset(huge, 'a', size);
    assert_int_equal(read_all(huge, size, size, out, sizeof out), ERR_INVALID);
    free(huge);
}

static void reads_rows_across_the_buffer(void **state) {
    (void)state;
    enum { ROWS = 200000 };
    char *text = malloc(ROWS * 24);
    assert_non_null(text);
    size_t length = 0;
    for (int i = 0; i < ROWS; i++) {
        length += (size_t)snprintf(text + length, 24, "%d,\"x\"\n", i);
    }
    struct pieces pieces = {text, length, 4096};
    struct csv csv;
    char *fields[CSV_FIELDS_MAX];
    size_t count = 0;
    assert_ok(csv_init(&csv, next_piece, &pieces));
    for (int i = 0; i < ROWS; i++) {
        assert_ok(csv_next(&csv, fields, &count));
        assert_int_equal(count, 2);
        assert_int_equal(strtol(fields[0], NULL, 10), i);
    }
    assert_ok(csv_next(&csv, fields, &count));
    assert_int_equal(count, 0);
    csv_clear(&csv);
    free(text);
}

static char path[64];

static void write_file(const void *bytes, size_t length) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_ok(fclose(file));
}

static enum err read_file(char *out, size_t room) {
    struct unpack *unpack = NULL;
    const char *reason = NULL;
    size_t used = 0;
    size_t length = 1;
    enum err e = unpack_open(path, &unpack, &reason);
    if (e != ERR_NONE) {
        assert_non_null(reason);
        return e;
    }
    while (e == ERR_NONE && length > 0) {
        e = unpack_read(unpack, out + used, room - used - 1 < 7 ? room - used - 1 : 7, &length);
        used += length;
    }
    out[used] = '\0';
    if (e == ERR_NONE) {
        assert_int_equal(unpack_position_bytes(unpack), unpack_size_bytes(unpack));
    }
    unpack_close(unpack);
    return e;
}

/* Deflates into `out`; window as zlib wants it: 31 gzip, -15 bare. */
static size_t deflate_text(const char *text, int window, unsigned char *out, size_t room) {
    z_stream stream = {.next_in = (unsigned char *)text, .avail_in = (uInt)strlen(text)};
    assert_ok(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY));
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    const size_t length = room - stream.avail_out;
    assert_ok(deflateEnd(&stream));
    return length;
}

static void unpacks_plain_gzip_and_zip(void **state) {
    (void)state;
    const char *text = "siren,nom\n130025265,DINUM\n";
    unsigned char bytes[512] = "PK\x03\x04\x14\x00\x08\x00\x08";
    char out[512];
    write_file(text, strlen(text));
    assert_ok(read_file(out, sizeof out));
    assert_string_equal(out, text);
    bytes[26] = 5; /* name */
    bytes[28] = 3; /* extra field */
    memcpy(bytes + 30, "a.csvxyz", 8);
    const size_t zip = 38 + deflate_text(text, -15, bytes + 38, sizeof bytes - 38);
    write_file(bytes, zip);
    assert_ok(read_file(out, sizeof out));
    assert_string_equal(out, text);
    write_file(bytes, zip - 5);
    assert_int_equal(read_file(out, sizeof out), ERR_INVALID);
    bytes[6] |= 1; /* encrypted */
    write_file(bytes, zip);
    assert_int_equal(read_file(out, sizeof out), ERR_INVALID);
    write_file(bytes, 20);
    assert_int_equal(read_file(out, sizeof out), ERR_INVALID);
}

static void unpacks_several_gzip_members_and_reports_a_truncated_one(void **state) {
    (void)state;
    unsigned char bytes[512];
    char out[512];
    size_t length = deflate_text("first,", 31, bytes, sizeof bytes);
    length += deflate_text("second", 31, bytes + length, sizeof bytes - length);
    write_file(bytes, length);
    assert_ok(read_file(out, sizeof out));
    assert_string_equal(out, "first,second");
    write_file(bytes, length - 3);
    assert_int_equal(read_file(out, sizeof out), ERR_INVALID);
    bytes[15] ^= 0xff;
    write_file(bytes, length);
    assert_int_equal(read_file(out, sizeof out), ERR_INVALID);
    assert_ok(unlink(path));
    assert_int_equal(read_file(out, sizeof out), ERR_NOT_FOUND);
}

/* A regular file whose first page nobody may read. */
static void distinguishes_a_read_error_from_the_end(void **state) {
    (void)state;
    struct unpack *unpack = NULL;
    const char *reason = NULL;
    char out[16];
    size_t length = 1;
    assert_ok(unpack_open("/proc/self/mem", &unpack, &reason));
    assert_int_equal(unpack_read(unpack, out, sizeof out, &length), ERR_UNAVAILABLE);
    assert_int_equal(length, 0);
    unpack_close(unpack);
}

static int set_up(void **state) {
    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/guichet-unpack-XXXXXX");
    const int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows_and_fields),
        cmocka_unit_test(refuses_malformed_csv),
        cmocka_unit_test(reads_rows_across_the_buffer),
        cmocka_unit_test(unpacks_plain_gzip_and_zip),
        cmocka_unit_test(unpacks_several_gzip_members_and_reports_a_truncated_one),
        cmocka_unit_test(distinguishes_a_read_error_from_the_end),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
