# The offline tagger: a library of its own, so that tools and tests can have it without the rest.

set(stopwords_c ${CMAKE_CURRENT_BINARY_DIR}/stopwords_lists.c)
file(GLOB stopwords_lists CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/stopwords/*.txt)
add_custom_command(
    OUTPUT ${stopwords_c}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/stopwords -DOUTPUT=${stopwords_c}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/stopwords.cmake
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/stopwords.cmake ${stopwords_lists}
    COMMENT "Compiling the stop lists in")

add_library(
    documents_tagger STATIC
    ${stopwords_c}
    language.cpp
    language_rules.c
    stopwords.c
    tagger.c
    tagger_address.c
    tagger_admit.c
    tagger_choose.c
    tagger_exclusions.c
    tagger_lexicon.c
    tagger_phrases.c
    tagger_spelling.c
    tagger_tokens.c
    tagger_words.c
    unicode.c)
target_link_libraries(
    documents_tagger
    PUBLIC base
    PRIVATE TAGMILL::icu TAGMILL::icu_i18n TAGMILL::stemmer TAGMILL::cld2 m)
