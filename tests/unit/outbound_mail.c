#include "base/buf.h"
#include "mail/mail_file.h"
#include "mail/mail_message.h"
#include "mail/mailer.h"
#include "security/base64url.h"
#include "test.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t NOW_MS = 1795811745123; /* 2026-11-27T20:35:45.123Z */

static const struct mail MAIL = {
    .id = "3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a",
    .recipient = "camille@mairie.fr",
    .subject = "Activez votre compte",
    .text = "Bonjour,\n\nhttps://guichet.example/activation#abc_DEF-123\n\nÀ bientôt",
    .html = "<p>Bonjour</p>",
};

static const char *build(struct arena *arena, const struct mail *mail) {
    const char *message = NULL;
    assert_ok(mail_message_build(arena, mail, MAIL_8BIT, "Guichet <ne-pas-repondre@guichet.fr>",
                                 NOW_MS, &message));
    return message;
}

static void has_line(const char *message, const char *line) {
    ARENA_AUTO(arena);
    const char *wanted = arena_printf(&arena, "\r\n%s\r\n", line);
    if (strstr(arena_printf(&arena, "\r\n%s", message), wanted) == NULL) {
        fail_msg("no line «%s» in:\n%s", line, message);
    }
}

static void writes_headers_and_both_parts(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *message = build(&arena, &MAIL);
    has_line(message, "Date: Fri, 27 Nov 2026 20:35:45 +0000");
    has_line(message, "From: \"Guichet\" <ne-pas-repondre@guichet.fr>");
    has_line(message, "To: camille@mairie.fr");
    has_line(message, "Subject: Activez votre compte");
    has_line(message, "Message-ID: <3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a@guichet.fr>");
    has_line(message, "Auto-Submitted: auto-generated");
    has_line(message, "https://guichet.example/activation#abc_DEF-123");
    has_line(message, "À bientôt");
    has_line(message, base64_encode(&arena, MAIL.html, strlen(MAIL.html)));
    assert_null(strstr(message, "List-Unsubscribe"));
    const char *c = strchr(message, '\n');
    for (; c != NULL; c = strchr(c + 1, '\n')) {
        assert_int_equal(c[-1], '\r');
    }
}

static void offers_one_click_unsubscription(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct mail mail = MAIL;
    mail.unsubscribe_url = "https://guichet.example/v1/unsubscribe?t=abc";
    const char *message = build(&arena, &mail);
    has_line(message, "List-Unsubscribe: <https://guichet.example/v1/unsubscribe?t=abc>");
    has_line(message, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    mail.unsubscribe_url = "https://guichet.example/\r\nBcc: x@y.fr";
    assert_null(strstr(build(&arena, &mail), "Bcc"));
}

static void encodes_subjects_and_names(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct mail mail = MAIL;
    mail.subject = "Demande n° 123 acceptée";
    has_line(build(&arena, &mail), "Subject: =?UTF-8?B?RGVtYW5kZSBuwrAgMTIzIGFjY2VwdMOpZQ==?=");
    mail.subject = "=?UTF-8?B?AAAA?=";
    assert_null(strstr(build(&arena, &mail), "Subject: =?UTF-8?B?AAAA?="));
    mail.subject = "ééééééééééééééééééééééééééééééééééééééééééééééééééééééééé";
    const char *message = build(&arena, &mail);
    for (const char *line = message; *line != '\0'; line = strstr(line, "\r\n") + 2) {
        assert_true(strstr(line, "\r\n") - line <= 78);
    }
    assert_ok(
        mail_message_build(&arena, &MAIL, MAIL_8BIT, "Préfecture <a@b.fr>", NOW_MS, &message));
    has_line(message, "From: =?UTF-8?B?UHLDqWZlY3R1cmU=?= <a@b.fr>");
    assert_ok(mail_message_build(&arena, &MAIL, MAIL_8BIT, "a@b.fr", NOW_MS, &message));
    has_line(message, "From: a@b.fr");
}

static void refuses_injected_headers(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const char *message = NULL;
    const char *recipients[] = {"a@b.fr\r\nBcc: c@d.fr",
                                "a@b.fr\n",
                                "a@b.fr, c@d.fr",
                                "a b@c.fr",
                                "a@b@c.fr",
                                "",
                                "a",
                                "@b.fr",
                                "<a@b.fr",
                                "\"a\"@b.fr",
                                "a@b.fr>",
                                "a@b.fr\rX: y"};
    for (size_t i = 0; i < sizeof recipients / sizeof recipients[0]; i++) {
        struct mail mail = MAIL;
        mail.recipient = recipients[i];
        assert_int_equal(mail_message_build(&arena, &mail, MAIL_8BIT, "a@b.fr", NOW_MS, &message),
                         ERR_INVALID);
    }
    struct mail mail = MAIL;
    mail.subject = "Bonjour\r\nBcc: c@d.fr";
    assert_int_equal(mail_message_build(&arena, &mail, MAIL_8BIT, "a@b.fr", NOW_MS, &message),
                     ERR_INVALID);
    assert_int_equal(
        mail_message_build(&arena, &MAIL, MAIL_8BIT, "a@b.fr\r\nX: y", NOW_MS, &message),
        ERR_INVALID);
}

static void turns_idn_domains_to_ascii(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct mail mail = MAIL;
    mail.recipient = "a@préfecture.fr";
    has_line(build(&arena, &mail), "To: a@xn--prfecture-c4a.fr");
}

static void wraps_lines_at_the_limit_without_breaking_links(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct mail mail = MAIL;
    struct buf text;
    buf_init(&text, &arena, 100000);
    for (int i = 0; i < 3000; i++) {
        buf_puts(&text, i % 2 == 0 ? "mot " : "éé");
    }
    buf_puts(&text, "\r\nfin\rvraie fin\n\nhttps://guichet.example/mot-de-passe#xyz");
    mail.text = buf_text(&text);
    const char *message = build(&arena, &mail);
    for (const char *line = message; *line != '\0'; line = strstr(line, "\r\n") + 2) {
        const char *end = strstr(line, "\r\n");
        assert_true(end - line <= 998);
        assert_null(memchr(line, '\n', (size_t)(end - line)));
        assert_true(((unsigned char)*line & 0xc0) != 0x80);
    }
    has_line(message, "fin");
    has_line(message, "vraie fin");
    has_line(message, "https://guichet.example/mot-de-passe#xyz");
}

static void writes_text_for_servers_in_quoted_printable(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct mail mail = MAIL;
    const char *message = NULL;
    mail.text = "À = é \n.\nFrom ici\n\t\nfin\r\n"
                "123456789012345678901234567890123456789012345678901234567890123456789012345é\n"
                "1234567890123456789012345678901234567890123456789012345678901234567890123456";
    assert_ok(mail_message_build(&arena, &mail, MAIL_QUOTED_PRINTABLE, "g@b.fr", NOW_MS, &message));
    has_line(message, "Content-Transfer-Encoding: quoted-printable");
    has_line(message, "=C3=80 =3D =C3=A9=20");
    has_line(message, "=2E");
    has_line(message, "=46rom ici");
    has_line(message, "=09");
    has_line(message, "fin");
    has_line(message,
             "123456789012345678901234567890123456789012345678901234567890123456789012345=");
    has_line(message, "=C3=A9");
    has_line(message,
             "1234567890123456789012345678901234567890123456789012345678901234567890123456");
    assert_null(strstr(message, "8bit"));
    for (const char *c = message; *c != '\0'; c++) {
        assert_true((unsigned char)*c < 0x80);
    }
}

static size_t count_entries(const char *path, char *last, size_t last_bytes) {
    DIR *folder = opendir(path);
    assert_non_null(folder);
    size_t count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)snprintf(last, last_bytes, "%s", entry->d_name);
            count++;
        }
    }
    (void)closedir(folder);
    return count;
}

static void writes_one_file_a_mail(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct field_errors errors;
    field_errors_init(&errors, &arena);
    char folder[] = "/tmp/guichet-mail-XXXXXX";
    char name[256] = "";
    const char *reason = NULL;
    struct mailer *mailer = NULL;
    assert_non_null(mkdtemp(folder));
    const struct config config = {
        .data_dir = folder, .mail_from = "G <g@guichet.fr>", .smtp_url = ""};
    assert_ok(mailer_new(&config, &errors, &mailer));
    assert_ok(mailer_send(mailer, &arena, &MAIL, &reason));
    const char *mails = arena_printf(&arena, "%s/mail", folder);
    assert_int_equal(count_entries(mails, name, sizeof name), 1);
    assert_non_null(strstr(name, "Z-3f2b8c1e-58a0-4a6e-9b1c-1f2e3d4c5b6a.eml"));
    struct stat status;
    const char *path = arena_printf(&arena, "%s/%s", mails, name);
    assert_ok(stat(path, &status));
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_ok(unlink(path));
    assert_ok(rmdir(mails));
    assert_ok(rmdir(folder));
    assert_int_equal(mailer_send(mailer, &arena, &MAIL, &reason), ERR_UNAVAILABLE);
    mailer_free(mailer);
}

static void says_what_is_wrong_with_its_settings(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    const struct config rows[] = {
        {.mail_from = "nobody", .smtp_url = ""},
        {.mail_from = "g@guichet.fr", .smtp_url = "http://127.0.0.1:25", .smtp_starttls = true},
        {.mail_from = "g@guichet.fr",
         .smtp_url = "smtp://mail.example.fr:25",
         .smtp_starttls = false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct field_errors errors;
        struct mailer *mailer = NULL;
        field_errors_init(&errors, &arena);
        assert_int_equal(mailer_new(&rows[i], &errors, &mailer), ERR_INVALID);
        assert_int_equal(errors.count, 1);
        assert_null(mailer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_headers_and_both_parts),
        cmocka_unit_test(offers_one_click_unsubscription),
        cmocka_unit_test(encodes_subjects_and_names),
        cmocka_unit_test(refuses_injected_headers),
        cmocka_unit_test(turns_idn_domains_to_ascii),
        cmocka_unit_test(wraps_lines_at_the_limit_without_breaking_links),
        cmocka_unit_test(writes_text_for_servers_in_quoted_printable),
        cmocka_unit_test(writes_one_file_a_mail),
        cmocka_unit_test(says_what_is_wrong_with_its_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
