# penstock_suite(NAME LABEL [THREADS] SOURCES ... [LINKS ...] [NEEDS ...]): one test binary and one ctest entry.
#
#   penstock_suite(unit_cron unit SOURCES cron_test.cpp dst_test.cpp LINKS run)
#
# NAME is the binary (build/<preset>/bin/NAME) and the ctest name, so it is unique in the tree: <label>_<area>.
# LABEL is the suite: unit, golden, conformance, contract, faults, simulation, web or bench. `tests/run LABEL` runs it, and the target
# tests_LABEL builds all of its binaries and nothing else.
# THREADS says that its tests start threads: tests_threads builds these, for the thread sanitizer.
# LINKS are the penstock libraries under test; GoogleTest and GoogleMock come by themselves.
# NEEDS are programs that the tests start, such as penstock: they are built with the suite.
#
# A test that is no C++ binary says the same in plain CMake: add_test(), the property LABELS, and add_dependencies(tests_LABEL ...).
set(PENSTOCK_SUITE_LABELS unit golden conformance contract faults simulation web bench)
foreach(label IN LISTS PENSTOCK_SUITE_LABELS)
  add_custom_target(tests_${label})
endforeach()
add_custom_target(tests_threads)

# What stands before the command of a test at PostgreSQL: several tests share the server, and each has a database of its own there.
set(PENSTOCK_OWN_DATABASE /usr/bin/python3 ${CMAKE_SOURCE_DIR}/tests/own_database.py)

add_library(penstock_test_main STATIC ${CMAKE_CURRENT_LIST_DIR}/main.cpp)
target_link_libraries(penstock_test_main PUBLIC GTest::gmock GTest::gtest Threads::Threads)
target_compile_definitions(penstock_test_main PRIVATE PENSTOCK_SOURCE_FOLDER="${CMAKE_SOURCE_DIR}")

function(penstock_suite name label)
  cmake_parse_arguments(SUITE "THREADS" "" "SOURCES;LINKS;NEEDS" ${ARGN})
  if(NOT label IN_LIST PENSTOCK_SUITE_LABELS)
    message(FATAL_ERROR "penstock_suite(${name}): ${label} is no suite; the suites are ${PENSTOCK_SUITE_LABELS}")
  endif()
  if(SUITE_UNPARSED_ARGUMENTS OR NOT SUITE_SOURCES)
    message(FATAL_ERROR "penstock_suite(${name}): expected SOURCES ... LINKS ... NEEDS ..., got ${ARGN}")
  endif()
  add_executable(${name} ${SUITE_SOURCES})
  target_link_libraries(${name} PRIVATE ${SUITE_LINKS} penstock_test_main)
  set(launcher)
  if(label STREQUAL "conformance" OR label STREQUAL "faults")
    set(launcher ${PENSTOCK_OWN_DATABASE})
  endif()
  add_test(NAME ${name} COMMAND ${launcher} $<TARGET_FILE:${name}> --gtest_brief=1)
  set(timeout_s 900)
  if(label STREQUAL "unit")
    set(timeout_s 120)
  endif()
  if(PENSTOCK_SANITIZE)
    math(EXPR timeout_s "5 * ${timeout_s}")
  endif()
  set(labels ${label})
  if(SUITE_THREADS)
    list(APPEND labels threads)
    add_dependencies(tests_threads ${name} ${SUITE_NEEDS})
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout_s})
  add_dependencies(tests_${label} ${name} ${SUITE_NEEDS})
endfunction()
