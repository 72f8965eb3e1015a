# Tags from models: a library of its own, like the offline tagger's.

set(prompts_c ${CMAKE_CURRENT_BINARY_DIR}/model_prompts_texts.c)
add_custom_command(
    OUTPUT ${prompts_c}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR}/prompts -DOUTPUT=${prompts_c}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/prompts.cmake
    DEPENDS prompts.cmake prompts/system.txt prompts/user.txt prompts/repair.txt
    COMMENT "Compiling the prompts in")

add_library(
    documents_model STATIC
    ${prompts_c}
    model.c
    model_http.c
    model_json.c
    model_prompts.c
    model_reply.c
    model_request.c
    model_tags.c
    model_tags_list.c
    model_text.c)
target_link_libraries(
    documents_model
    PUBLIC base config documents_common
    PRIVATE TAGMILL::curl TAGMILL::cjson)
