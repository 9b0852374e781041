#include "base/unpack.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum {
    INPUT_BYTES = 256 * 1024,
    ZIP_HEADER_BYTES = 30,
    ZIP_END_BYTES = 22,
    ZIP_TAIL_BYTES = ZIP_END_BYTES + 65535, /* with the longest comment */
    ZIP_ENCRYPTED = 1,
    ZIP_DEFLATED = 8,
    GZIP_WINDOW = 15 + 16, /* tells zlib to expect a gzip header */
    RAW_WINDOW = -15,
};

enum format { FORMAT_PLAIN, FORMAT_GZIP, FORMAT_ZIP };

struct unpack {
    FILE *file;
    enum format format;
    bool inflating; /* the stream was initialised */
    bool finished;  /* the compressed stream came to its end */
    int64_t size_bytes;
    int64_t position_bytes;
    int zip_files; /* of a zip: see count_zip_files */
    z_stream stream;
    unsigned char input[INPUT_BYTES];
};

/* More of the file behind what is left in the buffer; false at its end, or where it cannot be read. */
static bool fill(struct unpack *unpack) {
    const size_t left = unpack->stream.avail_in;
    if (left > 0) {
        memmove(unpack->input, unpack->stream.next_in, left);
    }
    const size_t length = fread(unpack->input + left, 1, INPUT_BYTES - left, unpack->file);
    unpack->stream.next_in = unpack->input;
    unpack->stream.avail_in = (uInt)(left + length);
    unpack->position_bytes += (int64_t)length;
    return length > 0;
}

static unsigned read_u16(const unsigned char *bytes) {
    return bytes[0] | (unsigned)bytes[1] << 8;
}

/* How many files a zip holds, by the end of its directory (APPNOTE.TXT 4.3.16), which a comment may follow; -1: it has no
 * end. Moves in the file. */
static int count_zip_files(FILE *file, int64_t size_bytes) {
    static unsigned char tail[ZIP_TAIL_BYTES];
    const int64_t from = size_bytes > ZIP_TAIL_BYTES ? size_bytes - ZIP_TAIL_BYTES : 0;
    const size_t length =
        fseeko(file, (off_t)from, SEEK_SET) == 0 ? fread(tail, 1, sizeof tail, file) : 0;
    for (size_t at = length < ZIP_END_BYTES ? 0 : length - ZIP_END_BYTES + 1; at > 0; at--) {
        if (memcmp(tail + at - 1, "PK\x05\x06", 4) == 0) {
            return (int)read_u16(tail + at - 1 + 10);
        }
    }
    return -1;
}

/* APPNOTE.TXT 4.3.7: the local header, then name and extra field, then the data. */
static enum err skip_zip_header(struct unpack *unpack, const char **reason) {
    const unsigned char *header = unpack->stream.next_in;
    if (unpack->stream.avail_in < ZIP_HEADER_BYTES) {
        *reason = "the zip is cut";
        return ERR_INVALID;
    }
    const unsigned skipped = ZIP_HEADER_BYTES + read_u16(header + 26) + read_u16(header + 28);
    if ((read_u16(header + 6) & ZIP_ENCRYPTED) != 0 || read_u16(header + 8) != ZIP_DEFLATED ||
        unpack->stream.avail_in < skipped) {
        *reason = "the zip is encrypted, not deflated or cut";
        return ERR_INVALID;
    }
    unpack->stream.next_in += skipped;
    unpack->stream.avail_in -= skipped;
    return ERR_NONE;
}

static enum err detect(struct unpack *unpack, const char **reason) {
    (void)fill(unpack);
    const unsigned char *bytes = unpack->stream.next_in;
    const size_t length = unpack->stream.avail_in;
    int window = GZIP_WINDOW;
    if (length >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b) {
        unpack->format = FORMAT_GZIP;
    } else if (length >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0) {
        unpack->format = FORMAT_ZIP;
        window = RAW_WINDOW;
        TRY(skip_zip_header(unpack, reason));
    } else {
        return ERR_NONE;
    }
    if (unpack->format == FORMAT_ZIP && unpack->zip_files > 1) {
        *reason = "the zip holds several files: give the one that is meant alone";
        return ERR_INVALID;
    }
    *reason = "no memory";
    unpack->inflating = inflateInit2(&unpack->stream, window) == Z_OK;
    return unpack->inflating ? ERR_NONE : err_internal("no memory");
}

enum err unpack_open(const char *path, struct unpack **out, const char **reason) {
    FILE *file = fopen(path, "re");
    struct stat status;
    if (file == NULL) {
        *reason = strerror(errno);
        return ERR_NOT_FOUND;
    }
    if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
        (void)fclose(file);
        *reason = "it is no file";
        return ERR_NOT_FOUND;
    }
    struct unpack *unpack = calloc(1, sizeof *unpack);
    if (unpack == NULL) {
        (void)fclose(file);
        *reason = "no memory";
        return err_internal("no memory");
    }
    unpack->file = file;
    unpack->size_bytes = status.st_size;
    unpack->zip_files = count_zip_files(file, status.st_size);
    rewind(file);
    const enum err e = detect(unpack, reason);
    if (e != ERR_NONE) {
        unpack_close(unpack);
        return e;
    }
    *out = unpack;
    return ERR_NONE;
}

void unpack_close(struct unpack *unpack) {
    if (unpack == NULL) {
        return;
    }
    if (unpack->inflating) {
        (void)inflateEnd(&unpack->stream);
    }
    (void)fclose(unpack->file);
    free(unpack);
}

/* A read that failed is no end of the file. */
static enum err end_of(const struct unpack *unpack, enum err at_the_end) {
    return ferror(unpack->file) != 0 ? ERR_UNAVAILABLE : at_the_end;
}

static void read_plain(struct unpack *unpack, char *out, size_t room, size_t *length) {
    if (unpack->stream.avail_in == 0) {
        (void)fill(unpack);
    }
    *length = unpack->stream.avail_in < room ? unpack->stream.avail_in : room;
    memcpy(out, unpack->stream.next_in, *length);
    unpack->stream.next_in += *length;
    unpack->stream.avail_in -= (uInt)*length;
}

/* A gzip may consist of several members. */
static void finish_member(struct unpack *unpack) {
    unpack->finished = true;
    if (unpack->format == FORMAT_GZIP && (unpack->stream.avail_in > 0 || fill(unpack))) {
        unpack->finished = inflateReset(&unpack->stream) != Z_OK;
    }
}

enum err unpack_read(void *state, char *out, size_t room, size_t *length) {
    struct unpack *unpack = state;
    *length = 0;
    if (unpack->format == FORMAT_PLAIN) {
        read_plain(unpack, out, room, length);
        return *length == 0 ? end_of(unpack, ERR_NONE) : ERR_NONE;
    }
    unpack->stream.next_out = (unsigned char *)out;
    unpack->stream.avail_out = (uInt)room;
    while (!unpack->finished && unpack->stream.avail_out == room) {
        if (unpack->stream.avail_in == 0 && !fill(unpack)) {
            return end_of(unpack, ERR_INVALID);
        }
        const int outcome = inflate(&unpack->stream, Z_NO_FLUSH);
        if (outcome == Z_STREAM_END) {
            finish_member(unpack);
        } else if (outcome != Z_OK) {
            return ERR_INVALID;
        }
    }
    *length = room - unpack->stream.avail_out;
    return *length == 0 ? end_of(unpack, ERR_NONE) : ERR_NONE;
}

int64_t unpack_position_bytes(const struct unpack *unpack) {
    return unpack->position_bytes;
}

int64_t unpack_used_bytes(const struct unpack *unpack) {
    return unpack->position_bytes - (int64_t)unpack->stream.avail_in;
}

int64_t unpack_size_bytes(const struct unpack *unpack) {
    return unpack->size_bytes;
}
