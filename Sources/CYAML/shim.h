#ifndef BURSAR_CYAML_SHIM_H
#define BURSAR_CYAML_SHIM_H

#include <yaml.h>

#endif
