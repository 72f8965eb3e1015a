# Compiler flags: one strict set for every preset; sanitizers come from TAGMILL_SANITIZE.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_CXX_STANDARD 17) # for one file: libcld2 has no C interface
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

set(TAGMILL_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize= (address,undefined or thread)")
option(TAGMILL_FUZZ "build the libFuzzer targets (clang only)" OFF)

add_compile_definitions(_GNU_SOURCE TAGMILL_VERSION="${PROJECT_VERSION}")
add_compile_options(
    -Wall -Wextra -Wshadow -Wconversion -Wpointer-arith -Wformat=2 -Wundef -Wvla -Werror -fno-common
    -fstack-protector-strong $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
    $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    add_link_options(-Wl,-z,relro,-z,now)
endif()

if(TAGMILL_SANITIZE)
    add_compile_options(-fsanitize=${TAGMILL_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${TAGMILL_SANITIZE})
    if(TAGMILL_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
    add_compile_definitions(TAGMILL_SANITIZED=1)
endif()
if(TAGMILL_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
