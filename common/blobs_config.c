/* Where files are kept, from the configuration. */
#include "common/blobs_config.h"

#include "common/blobs.h"
#include "common/config.h"

void
blobs_config(const struct config *config, struct blobs_options *o)
{
	*o = (struct blobs_options){
	    .store = config_str(config, "orchestrator.store"),
	    .endpoint = config_str(config, "orchestrator.store_endpoint"),
	    .region = config_str(config, "orchestrator.store_region"),
	    .key_id = config_str(config, "orchestrator.store_key_id"),
	    .secret = config_str(config, "orchestrator.store_secret"),
	    .path_style = config_bool(config, "orchestrator.store_path_style"),
	    .spool = config_str(config, "orchestrator.store_spool"),
	    .spool_bytes =
		(uint64_t)config_int(config, "orchestrator.store_spool_mib") *
		1024 * 1024,
	};
}
