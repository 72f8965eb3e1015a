/* Phrases of licences, journals and web pages inside a text: no tag has one in it. */
#ifndef TAGMILL_DOCUMENTS_TAGGER_BOILERPLATE_H
#define TAGMILL_DOCUMENTS_TAGGER_BOILERPLATE_H

#include "documents/tagger/tagger_tokens.h"

/* Takes the role from the tokens (from `start` on) that make up boilerplate of the lexicon's
 * language, the longest phrase first. Their signs and line ends do not matter. */
void boilerplate_drop(tokens_t *tokens, size_t start, const lexicon_t *lexicon);

#endif
