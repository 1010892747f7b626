#include "services/scheduler/setup.h"

int main(int argc, char **argv)
{
    return service_main(argc, argv, &scheduler_setup);
}
