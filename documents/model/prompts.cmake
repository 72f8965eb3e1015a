# Turns documents/model/prompts/<name>.txt into one C file:
# cmake -DFOLDER=<of the prompts> -DOUTPUT=<the C file> -P prompts.cmake

set(code "/* Written by documents/model/prompts.cmake from the prompts beside it. */\n")
string(APPEND code "#include \"documents/model/model_prompts.h\"\n")
foreach(name system user repair)
    file(READ ${FOLDER}/${name}.txt text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
    string(APPEND code "\nconst char model_prompt_${name}[] =\n    \"${text}\";\n")
endforeach()
file(WRITE ${OUTPUT} "${code}")
