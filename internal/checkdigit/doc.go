// Package checkdigit makes the numbers that people say on the phone, and reads them as people type them: SR-5724 for a
// service request, SO-5724 for an order of supplies. The last digit is a check digit, so that a mistyped number is told
// as such without asking the database.
//
//	checkdigit.Number("SR-", 572)                        // "SR-5724"
//	number, ok, checks := checkdigit.Parse("SR-", "sr 57 24") // "SR-5724", true, true
//
// Guarantees: every single wrong digit and every swap of two neighbours is detected (TestDetectsMistypes); what Parse has
// read it reads the same again (FuzzParse).
package checkdigit
