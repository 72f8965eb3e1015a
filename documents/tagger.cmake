# The offline tagger: a library of its own, so that tools and tests can have it without the rest.

foreach(name stopwords common boilerplate)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${name})
    set(wordlists_c ${CMAKE_CURRENT_BINARY_DIR}/wordlists_${name}.c)
    file(GLOB wordlists CONFIGURE_DEPENDS ${folder}/*.txt)
    add_custom_command(
        OUTPUT ${wordlists_c}
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DNAME=wordlists_${name} -DOUTPUT=${wordlists_c}
                -P ${CMAKE_CURRENT_SOURCE_DIR}/wordlists.cmake
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/wordlists.cmake ${wordlists}
        COMMENT "Compiling the lists of ${name} in")
    list(APPEND wordlists_all ${wordlists_c})
endforeach()

add_library(
    documents_tagger STATIC
    ${wordlists_all}
    language.cpp
    language_rules.c
    tagger.c
    tagger_abbreviation.c
    tagger_address.c
    tagger_admit.c
    tagger_boilerplate.c
    tagger_choose.c
    tagger_exclusions.c
    tagger_lexicon.c
    tagger_phrases.c
    tagger_score.c
    tagger_spelling.c
    tagger_tokens.c
    tagger_words.c
    unicode.c
    wordlists.c)
target_link_libraries(
    documents_tagger
    PUBLIC base
    PRIVATE TAGMILL::icu TAGMILL::icu_i18n TAGMILL::stemmer TAGMILL::cld2 m)
