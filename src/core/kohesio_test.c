/* SPDX-License-Identifier: EUPL-1.2 */
/* Records as the export writes them, and files that are none. */

#include "core/kohesio.h"

#include "test_core.h"

#define HEADS                                                                                      \
    "Operation_Unique_Identifier,Operation_Name_English,Operation_Start_Date,Operation_End_Date,"  \
    "Total_Eligible_Expenditure_amount,Total_Eligible_Expenditure_Currency,Project_EU_Budget,"     \
    "Beneficiary_Name,Fund_Code,Programme_Name"
#define ID "https://linkedopendata.eu/entity/Q7361953"

static void records_become_facts(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    fact_list facts;
    const char *message;
    str csv =
        S("\xef\xbb\xbf" HEADS "\r\n" ID
          ",\"A \"\"name\"\", of two\nlines\",04/09/2023,2026-12-31T00:00:00.000,337478.5,EUR,"
          "134991.36,\"Board of\nschools\",ERDF,Sample programme\r\n\r\n");
    ASSERT_OK(kohesio_read(a, csv, &facts, &message));
    static const char *const wanted[][2] = {{"kohesio", "Q7361953"},
                                            {"start", "2023-09-04"},
                                            {"end", "2026-12-31"},
                                            {"total", "337479"},
                                            {"eu", "134991"},
                                            {"programme", "Sample programme"},
                                            {"beneficiary", "Board of schools"},
                                            {"fund", "ERDF"}};
    assert_int_equal(facts.n, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < facts.n; i++)
        ASSERT_STR(fact_value(facts, str_of(wanted[i][0])), str_of(wanted[i][1]));
    arena_close(a);
}

/* What is missing or in another currency is left out, not guessed. */
static void gaps_stay_gaps(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    fact_list facts;
    const char *message;
    str csv =
        S("Operation_Unique_Identifier;Operation_Start_Date;Total_Eligible_Expenditure_amount;"
          "Total_Eligible_Expenditure_Currency;Project_EU_Budget\n" ID ";31/13/2020;1000;PLN;\n");
    ASSERT_OK(kohesio_read(a, csv, &facts, &message));
    assert_int_equal(facts.n, 1);
    arena_close(a);
}

static void what_is_no_record_is_refused(void **state)
{
    (void)state;
    static const struct {
        str csv;
        const char *message;
    } bad[] = {
        {STR_INIT(""), "one record"},
        {STR_INIT(HEADS "\n"), "one record"},
        {STR_INIT("a,b\n1,2\n3,4\n"), "one record"},
        {STR_INIT("a,b\n1,2\n"), "Operation_Unique_Identifier"},
        {STR_INIT("Operation_Unique_Identifier,b\nhttps://x.example/Qx,1\n"), "Q and digits"},
        {STR_INIT("a,\"b\n1,2\n"), "no CSV"},
        {STR_INIT("a,\"b\"x\n1,2\n"), "no CSV"},
        {STR_INIT("Operation_Unique_Identifier,Operation_Start_Date,Operation_End_Date\n" ID
                  ",02/01/2020,01/01/2020\n"),
         "after its end"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        arena *a = arena_open(1 << 20);
        fact_list facts;
        const char *message = "";
        assert_int_equal(kohesio_read(a, bad[i].csv, &facts, &message), ERR_INVALID);
        if (!strstr(message, bad[i].message))
            fail_msg("record %zu: %s", i, message);
        arena_close(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_become_facts),
        cmocka_unit_test(gaps_stay_gaps),
        cmocka_unit_test(what_is_no_record_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
