/* SPDX-License-Identifier: EUPL-1.2 */
/* The command table. */

#include "cli/commands.h"

#include <stdarg.h>

/* Which signatures a decision is about; cmd_decide.c reads them by position. */
#define DECIDING_FLAGS                                                                             \
    {                                                                                              \
        {"declaration", "NAME", "the declaration; may be left out when there is one"},             \
            {"domain", "NAME", "mail domain, or its tag from a preview"},                          \
            {"on", "DAY[THOUR]", "confirmed then, in UTC: 2026-06-15 or 2026-06-15T14"},           \
            {"country", "CC", "country given by the signer"},                                      \
            {"network", "TAG", "tag of a network from a preview; known for 48 hours"},             \
            {"numbers", "FIRST-LAST", "numbers of signatures"},                                    \
            {"reason", "TEXT", "why; published, and shown to those concerned"},                    \
            {"who", "NAME", "who decides; default: the user of this machine"},                     \
            {"apply", NULL, "decide; without it only the counts are shown"},                       \
    }

const command cli_commands[] = {
    {"init",
     COMMAND_RUNS,
     "",
     "make the data folder, keys and database",
     "Makes what is missing and leaves alone what is there, so it may be run again. With "
     "--content it also loads a content folder and opens the declarations in it.",
     COMMAND_NOTHING,
     cmd_init,
     {{"content", "FOLDER", "load this content folder"}}},
    {"migrate",
     COMMAND_RUNS,
     "",
     "bring the database to this version",
     "Applies the missing migrations, each in one transaction. serve refuses to start while some "
     "are missing.",
     COMMAND_KEYS,
     cmd_migrate,
     {{0}}},
    {"import",
     COMMAND_WRITES,
     "FOLDER",
     "load a content folder",
     "Checks the folder, reports every problem at once with file and line, says what changes, then "
     "changes it in one transaction; what is replaced is kept. A second run changes nothing. Texts "
     "that people have signed cannot change: raise the version instead. --check needs no database "
     "and prints which item stands how in which of 24 languages. Exit code 0: done, perhaps with "
     "warnings; 1: errors, nothing was changed; 3: no such folder; 4: contradicts what was signed, "
     "or a declaration cannot open yet.",
     COMMAND_NOTHING,
     cmd_import,
     {{"check", NULL, "only check, and show the languages"},
      {"dry-run", NULL, "only say what would change"},
      {"strict", NULL, "take warnings for errors"}}},
    {"content",
     COMMAND_WRITES,
     "stamp FOLDER [NAME …] | history NAME [LANG]",
     "keep translations and what was",
     "stamp notes in each translation of a content folder from which original it was made, where "
     "that is not noted yet; with names (story/x, story/x/el) in these only, and anew: they are "
     "up to date now. history prints what imports replaced or removed of an item, newest first.",
     COMMAND_NOTHING,
     cmd_content,
     {{"full", NULL, "history: with the whole texts"}}},
    {"key",
     COMMAND_SEALS,
     "FILE",
     "make a key of the organiser, and the sheet to print",
     "For the custodian's own machine, never the server: writes the secret key as age-keygen does "
     "(age-keygen may be used instead), and beside it a page to print and lock away, with the key "
     "as text and as a QR code. Prints the public key, which is what the server is told.",
     COMMAND_NOTHING,
     cmd_key,
     {{"name", "TEXT", "what stands at the head of the sheet"},
      {"no-sheet", NULL, "only the key file"}}},
    {"ceremony",
     COMMAND_SEALS,
     "[AGE1… …]",
     "show that the organiser's keys work",
     "A declaration opens only after each of its recipients was shown to open what is sealed to "
     "it. "
     "With public keys: writes a test record for each, to be opened where the key is. With --code: "
     "takes the code that stood in it. Without either: lists the keys.",
     COMMAND_DATABASE,
     cmd_ceremony,
     {{"code", "CODE", "what the test record said"}}},
    {"export",
     COMMAND_SEALS,
     "FILE",
     "hand the sealed records to the organiser",
     "Writes a tar file of records.csv, what the server knows in clear, and one file of the age "
     "format for each confirmed or withdrawn signature. Nothing is opened: only the organiser's "
     "key does that, on another machine.",
     COMMAND_DATABASE,
     cmd_export,
     {{"declaration", "SLUG", "of this declaration, when there are several"},
      {"recipient", "AGE1…", "where the server reads the records itself: seal to this key"}}},
    {"open",
     COMMAND_SEALS,
     "FILE [TABLE]",
     "open sealed records with the organiser's key",
     "For the organiser's own machine: needs no database and no network. FILE is what export made; "
     "TABLE ends in .csv, .json (one object a line) or .xlsx. Cells that a spreadsheet would take "
     "for formulas are made harmless. A run that broke off goes on with --resume (not for .xlsx). "
     "With FILE alone, one record or the test of a key ceremony is printed.",
     COMMAND_NOTHING,
     cmd_open,
     {{"key", "FILE", "the organiser's key, as age-keygen writes it"},
      {"resume", NULL, "go on with a table that is there already"}}},
    {"rewrap",
     COMMAND_SEALS,
     "FILE HEADERS AGE1… AGE1… …",
     "seal records to other recipients, with a key that opens them",
     "For the organiser's own machine: opens the header of each record in FILE, which export made, "
     "and writes new ones for the named recipients. The records themselves are not opened.",
     COMMAND_NOTHING,
     cmd_rewrap,
     {{"key", "FILE", "the organiser's key, as age-keygen writes it"}}},
    {"headers",
     COMMAND_SEALS,
     "HEADERS",
     "put what rewrap made in place",
     "Gives each record its new header, and the declaration its new recipients. A record that was "
     "erased, or sealed anew, since it was exported is passed over; export again, then.",
     COMMAND_DATABASE,
     cmd_headers,
     {{"declaration", "SLUG", "whose records they are"}}},
    {"tally",
     COMMAND_COUNTS,
     "",
     "print the published counts",
     "One line a declaration: name, persons, organisations, mandate holders, total, and the size "
     "of the log they were counted from.",
     COMMAND_DATABASE,
     cmd_tally,
     {{0}}},
    {"sources",
     COMMAND_COUNTS,
     "[DAYS]",
     "print from where visitors of the sign page came",
     "One line a source of the last DAYS days (30): its name in the address (src=…) and how many "
     "visits. Sources with less than 5 are summed up as others. No visitor is told apart.",
     COMMAND_DATABASE,
     cmd_sources,
     {{0}}},
    {"interest",
     COMMAND_JOINS,
     "[ACTION]",
     "print who wants to be told when an action begins",
     "One line an action: its name, how many are on its list, and how many have not confirmed yet. "
     "--export writes the addresses on the list of ACTION, for writing to them about it; TABLE "
     "ends in .csv, .json or .xlsx. Who leaves the list, or whose time is over, is erased here: "
     "export anew before each mailing.",
     COMMAND_DATABASE,
     cmd_interest,
     {{"export", "TABLE", "write addresses, names and languages to this new file"}}},
    {"sample",
     COMMAND_COUNTS,
     "N",
     "add N sample signatures",
     "For demonstrations only. Samples are signatures of invented signers, marked as samples "
     "wherever they are shown. Asks for --yes when real signatures are there.",
     COMMAND_DATABASE,
     cmd_sample,
     {{"yes", NULL, "also beside real signatures"}}},
    {"reasons",
     COMMAND_COUNTS,
     "[show|refuse N …]",
     "read what signers wrote, before it is shown",
     "Without arguments: up to 100 reasons (\"why I sign\") that wait, oldest first, with their "
     "numbers. "
     "show lets the named ones appear in the register, refuse keeps them out. Nothing that a "
     "signer "
     "wrote there is public before.",
     COMMAND_DATABASE,
     cmd_reasons,
     {{0}}},
    {"requests",
     COMMAND_JOINS,
     "[show|accept|refuse N]",
     "who asks to join as a partner, and the answer",
     "Without arguments: the requests that senders confirmed, those that wait first. show prints "
     "one whole. accept and refuse decide it; the sender gets a letter, and reads --note on the "
     "page behind it. A partner appears on the site once its folder is imported.",
     COMMAND_DATABASE,
     cmd_requests,
     {{"note", "TEXT", "words for the sender, with accept or refuse"}}},
    {"renew",
     COMMAND_COUNTS,
     "SLUG",
     "ask who signed an older version to sign the new one",
     "Shows how many who count stand behind an older version of the text, how many of them agreed "
     "to get news and can be asked, by language, and how many were asked. With --apply each of "
     "these gets one letter with a link to the own page; run it again if it broke off. Nobody is "
     "asked twice for one version, and nobody without that consent.",
     COMMAND_DATABASE,
     cmd_renew,
     {{"apply", NULL, "queue the letters; without it nothing is sent"}}},
    {"erase",
     COMMAND_COUNTS,
     "[N …]",
     "erase signatures for good, on request",
     "Shows what the numbers or the address lead to, without names; with --yes it stops counting "
     "and everything that says who signed is erased at once, also from backups that are restored "
     "later. Nobody can undo it.",
     COMMAND_DATABASE,
     cmd_erase,
     {{"mailbox", "ADDRESS", "all signatures made from this address"}, {"yes", NULL, "do it"}}},
    {"retention",
     COMMAND_COUNTS,
     "",
     "say what is erased by itself, and when",
     "One line a sort of data and one a declaration: how much is there, how much is due now, and "
     "when the next goes. The work process erases it on the day; --now does it at once.",
     COMMAND_DATABASE,
     cmd_retention,
     {{"dry-run", NULL, "erase nothing; what it does without --now"},
      {"now", NULL, "erase what is due"}}},
    {"backup",
     COMMAND_RUNS,
     "FILE",
     "copy the database while it is in use",
     "Writes a checked copy to a file that is not there yet. It holds neither the keys nor the "
     "erasure journal: keep each of the three in a place of its own. PostgreSQL: use pg_dump.",
     COMMAND_DATABASE,
     cmd_backup,
     {{0}}},
    {"restore",
     COMMAND_RUNS,
     "FILE",
     "put a backup back where there is no database",
     "Put the keys and the erasure journal back first. Copies the backup, checks it, brings it to "
     "this version, and erases again who was erased since. Nothing is signed while the published "
     "log is newer than it.",
     COMMAND_KEYS,
     cmd_restore,
     {{"without-journal", NULL, "although persons who were erased come back"}}},
    {"held", COMMAND_COUNTS, "[list|release|refuse]",
     "what waits to be looked at, and what becomes of it",
     "Signatures that look forged are held: confirmed, not counted. list shows how many, by rule. "
     "release lets those that fit the flags count, refuse keeps them out. Both show counts only, "
     "by "
     "domain, country, hour and network, until --apply is given.",
     COMMAND_DATABASE, cmd_held, DECIDING_FLAGS},
    {"invalidate", COMMAND_COUNTS, "[list|undo N]", "take signatures out of the count",
     "Shows counts of the counted signatures that fit the flags, by domain, country, hour and "
     "network. With --apply and --reason takes them out: one `sub … invalid` each in the log, the "
     "reason on the page of figures. list shows all decisions, undo N takes one back.",
     COMMAND_DATABASE, cmd_invalidate, DECIDING_FLAGS},
    {"domains",
     COMMAND_COUNTS,
     "[common|disposable|held|forget NAME …]",
     "mail domains that are treated in a way of their own",
     "Without arguments lists them. common: a large provider or a body whose people sign together; "
     "many of them are no sign of forgery. disposable: throw-away addresses. held: always looked "
     "at first. forget: as any other. The rules and their thresholds stand at the end of the list.",
     COMMAND_DATABASE,
     cmd_domains,
     {{0}}},
    {"territory",
     COMMAND_JOINS,
     "[NUMBER CODE]",
     "for which territory an organisation stands",
     "Without arguments lists the organisations of the public register by number, with what was "
     "entered. With NUMBER and CODE enters one: a code of NUTS 2021 (EL30), a country's two "
     "letters "
     "(EL), or a municipality as REGION:NAME with the region of level 3 it lies in (EL303:9186). "
     "The "
     "page of the population represented unites them, so that nobody counts twice.",
     COMMAND_DATABASE,
     cmd_territory,
     {{"declaration", "NAME", "of which declaration; may be left out when there is one"},
      {"people", "N", "how many live there"},
      {"source", "TEXT", "where that number stands; published"},
      {"date", "DATE", "of the number: 2024, 2024-01 or 2024-01-01"},
      {"drop", NULL, "take away what was entered"}}},
    {"api-key",
     COMMAND_JOINS,
     "[list|add NAME|revoke N]",
     "keys with which partners' sites send signatures",
     "Without arguments lists them: number, name, partner, day, whether it works, and how many "
     "signatures that came by it are counted. add prints a new key, once; only its hash is kept. "
     "What is sent by a key is confirmed by mail like any other. How to use it: docs/api.md.",
     COMMAND_DATABASE,
     cmd_api_key,
     {{"partner", "SLUG", "the partner that the key belongs to"}}},
    {"webhook",
     COMMAND_JOINS,
     "[list|add URL|ping N|secret N|on N|remove N]",
     "who is told when something happened",
     "Without arguments lists them. add prints the secret with which messages are signed (Standard "
     "Webhooks 1.0). ping sends a message to try. What fails is sent again for three days; a "
     "webhook that fails for five days, or answers 410, is put off until `on`.",
     COMMAND_DATABASE,
     cmd_webhook,
     {{"events", "EVENTS", "count.reached, partner.signed; parted by commas"}}},
    {"doctor",
     COMMAND_RUNS,
     "",
     "say what is well and what is not",
     "Checks keys, database, log, queue and mail, one line each. Exit code 0: all well; 1: "
     "something needs attention.",
     COMMAND_KEYS,
     cmd_doctor,
     {{0}}},
    {"verify",
     COMMAND_PROVES,
     "LOG",
     "count a published log again",
     "LOG is a folder or https://HOST/log/DECLARATION; of this installation nothing is used. "
     "Checks "
     "every rule of the log, its tree, its tiles, its signature, every tally and close, and prints "
     "what it counted. Exit code 0: all agrees; 4: something does not agree; 3: something could "
     "not be read; 75: a promise is still open. Without LOG, --receipt is checked under --key or "
     "a --policy that names logs. --json gives one object with verdict (agrees, disagrees, "
     "unreadable), finding, "
     "log, key, size, root, add, sub, undo, tally, closed, persons, organisations, mandates, "
     "total, "
     "breakdown and timestamps.",
     COMMAND_NOTHING,
     cmd_verify,
     {{"key", "VKEY", "the log's key; default: the one in its manifest"},
      {"policy", "FILE", "a C2SP tlog-policy: witnesses that must have cosigned, and log keys"},
      {"remember", "FILE",
       "hold the log against the checkpoint in FILE, if it is there, and keep the new one"},
      {"timestamp-ca", "FILE",
       "certificates (PEM) that the signatures of time stamps must lead to"},
      {"receipt", "FILE", "check a receipt (C2SP tlog-proof)"},
      {"opening", "FILE", "check an opening against its leaf"},
      {"promise", "FILE", "say whether a promise is kept, open or broken"}}},
    {"opening",
     COMMAND_PROVES,
     "FILE",
     "keep parts of an opening back",
     "Prints the opening of a signature with only the fields of --keep shown: campaign, text, "
     "lang, "
     "kind, name, org, mail, cc, region, show, uniq, day. What is kept back cannot be guessed from "
     "the result, and `verify --opening` takes it all the same.",
     COMMAND_NOTHING,
     cmd_opening,
     {{"keep", "FIELDS", "fields to show, parted by commas"}}},
    {.name = NULL},
};

int command_exit(err e)
{
    switch (e) {
    case OK:
        return EXIT_OK;
    case ERR_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case ERR_CONFLICT:
        return EXIT_CONFLICT;
    case ERR_DENIED:
        return EXIT_DENIED;
    case ERR_BUSY:
    case ERR_UNCERTAIN:
        return EXIT_LATER;
    case ERR_INVALID:
    case ERR_LIMIT:
    case ERR_IO:
        return EXIT_FAILED;
    }
    return EXIT_FAILED;
}

str command_flag_value(const command_context *c, size_t flag)
{
    return c->flags[flag].at ? c->flags[flag] : S("");
}

bool command_flag_given(const command_context *c, size_t flag)
{
    return c->flags[flag].at != NULL;
}

static bool has_said;

bool command_has_said(void)
{
    return has_said;
}

void command_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    has_said = true;
    fflush(stdout); /* what it speaks of stands above it, also where both go to one file */
    fputs("undersigned: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}
