/* What the tagger knows of one language: its stop list, its Snowball stemmer, the names of its
 * months and weekdays (from ICU), and how it writes elisions.
 *
 * Every language has rules; where a stop list or a stemmer is missing the rules do with less. Where
 * a language has a script of its own, words in plain Latin letters come under English rules.
 * Belongs to one thread: stemmers keep state.
 */
#ifndef TAGMILL_DOCUMENTS_LANGUAGE_RULES_H
#define TAGMILL_DOCUMENTS_LANGUAGE_RULES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/tagger/language.h"

typedef struct language_rules language_rules_t;

/* Returns owned: the rules of a language (a code as language_detect gives it; "" gives those of
 * English, the likeliest for a text too short to tell). */
language_rules_t *language_rules_new(const char *code);

/* Frees the rules and nulls the caller's pointer. Null-safe. */
void language_rules_destroy(language_rules_t **self_p);

/* The code that the rules were made with. */
const char *language_rules_code(const language_rules_t *self);

/* Appends `text` (NFC) case-folded as the language folds. */
void language_rules_fold(const language_rules_t *self, buffer_t *out, slice_t text);

/* True when the word (case-folded NFC) carries grammar rather than a subject. */
bool language_rules_is_stop(const language_rules_t *self, slice_t folded);

/* True when the word (case-folded NFC) is in the language's stop list: for the words of other
 * languages' texts, which the rest of its rules say nothing of. */
bool language_rules_lists_stop(const language_rules_t *self, slice_t folded);

/* True when there is a stop list for the language; without one, sentences are hardly divided. */
bool language_rules_has_stop_list(const language_rules_t *self);

/* True when texts of every subject use words of this stem (of a case-folded word). */
bool language_rules_is_common(const language_rules_t *self, slice_t stem);

/* True when the word (case-folded NFC) has the form of an adverb or a participle, which no phrase
 * that names something ends with. */
bool language_rules_is_modifier(const language_rules_t *self, slice_t folded);

/* True when the phrase (case-folded NFC, single spaces) is boilerplate. */
bool language_rules_is_boilerplate(const language_rules_t *self, slice_t folded);

/* True when boilerplate of more than one word starts with this word (case-folded NFC). */
bool language_rules_is_boilerplate_word(const language_rules_t *self, slice_t folded);

/* True when boilerplate starts with these words (as above) and goes on. */
bool language_rules_starts_boilerplate(const language_rules_t *self, slice_t folded);

/* True when the word (case-folded NFC) names a month or a weekday. */
bool language_rules_is_date(const language_rules_t *self, slice_t folded);

/* True when the word (as written) is the name of something though it spells a stop word: US, WHO.
 */
bool language_rules_is_acronym(const language_rules_t *self, slice_t word);

/* True when the word (as written, in lower case) is a definite article. */
bool language_rules_is_article(const language_rules_t *self, slice_t word);

/* True when every noun is written with a capital, so that one does not make a name. */
bool language_rules_has_capital_nouns(const language_rules_t *self);

/* True when only names are written with capitals, in headings too. */
bool language_rules_has_capital_names(const language_rules_t *self);

/* True when the word (as written, in lower case) joins the parts of a name: Sables d'Olonne. */
bool language_rules_is_connector(const language_rules_t *self, slice_t word);

/* True when a stop word and the word behind it (both as written) are a name in any case: são paulo.
 */
bool language_rules_is_saint(const language_rules_t *self, slice_t word, slice_t next);

/* True when words stand without spaces between them. */
bool language_rules_is_spaceless(const language_rules_t *self);

/* True when words run together with an apostrophe after the first one (l'eau, dell'arte). */
bool language_rules_elides(const language_rules_t *self);

/* Returns `word` (in any case) without the ending that marks a possessor: Newton for Newton's. */
slice_t language_rules_base(const language_rules_t *self, slice_t word);

/* Returns the stem of a word (case-folded NFC), valid until the next call on these rules; the word
 * itself where the language has no stemmer. */
slice_t language_rules_stem(language_rules_t *self, slice_t folded);

#endif
