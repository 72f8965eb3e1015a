#include "base/vocabulary.h"

#include <assert.h>

static const char *const s_job_states[] = {
#define JOB_STATE(symbol, number, word, final) [number] = (word),
    JOB_STATE_TABLE(JOB_STATE)
#undef JOB_STATE
};

static const char *const s_job_commands[] = {
#define JOB_COMMAND(symbol, number, word) [number] = (word),
    JOB_COMMAND_TABLE(JOB_COMMAND)
#undef JOB_COMMAND
};

static const char *const s_error_types[] = {
#define ERROR_TYPE(symbol, number, word, passing) [number] = (word),
    ERROR_TYPE_TABLE(ERROR_TYPE)
#undef ERROR_TYPE
};

static const char *const s_source_types[] = {
#define SOURCE_TYPE(symbol, number, word) [number] = (word),
    SOURCE_TYPE_TABLE(SOURCE_TYPE)
#undef SOURCE_TYPE
};

/* Returns the index of `word` among `count` words, or -1. */
static int
s_find(const char *const *words, int count, slice_t word)
{
    for (int i = 0; i < count; i++)
        if (slice_is(word, words[i]))
            return i;
    return -1;
}

const char *
job_state_word(job_state_t state)
{
    assert(state < JOB_STATE_COUNT);
    return s_job_states[state];
}

const char *
job_command_word(job_command_t command)
{
    assert(command < JOB_COMMAND_COUNT);
    return s_job_commands[command];
}

const char *
error_type_word(error_type_t type)
{
    assert(type < ERROR_TYPE_COUNT);
    return s_error_types[type];
}

const char *
source_type_word(source_type_t type)
{
    assert(type < SOURCE_TYPE_COUNT);
    return s_source_types[type];
}

bool
job_state_is_final(job_state_t state)
{
    static const bool is_final[] = {
#define JOB_STATE(symbol, number, word, final) [number] = (final),
        JOB_STATE_TABLE(JOB_STATE)
#undef JOB_STATE
    };
    assert(state < JOB_STATE_COUNT);
    return is_final[state];
}

bool
error_type_is_passing(error_type_t type)
{
    static const bool is_passing[] = {
#define ERROR_TYPE(symbol, number, word, passing) [number] = (passing),
        ERROR_TYPE_TABLE(ERROR_TYPE)
#undef ERROR_TYPE
    };
    assert(type < ERROR_TYPE_COUNT);
    return is_passing[type];
}

bool
source_type_parse(slice_t word, source_type_t *out)
{
    int index = s_find(s_source_types, SOURCE_TYPE_COUNT, word);
    if (index >= 0)
        *out = (source_type_t) index;
    return index >= 0;
}

bool
job_state_parse(slice_t word, job_state_t *out)
{
    int index = s_find(s_job_states, JOB_STATE_COUNT, word);
    if (index >= 0)
        *out = (job_state_t) index;
    return index >= 0;
}

bool
job_command_parse(slice_t word, job_command_t *out)
{
    int index = s_find(s_job_commands, JOB_COMMAND_COUNT, word);
    if (index >= 0)
        *out = (job_command_t) index;
    return index >= 0;
}
