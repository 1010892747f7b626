#include "services/scoring/setup.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &scoring_setup);
}
