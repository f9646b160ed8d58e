// Read from the environment, as ../main.bicepparam does.
using 'main.bicep'

param pairName = readEnvironmentVariable('BRIDGE_PAIR_NAME')
param location = readEnvironmentVariable('BRIDGE_FRONT_DOOR_LOCATION')
param firstGatewayHost = readEnvironmentVariable('BRIDGE_FIRST_GATEWAY')
param secondGatewayHost = readEnvironmentVariable('BRIDGE_SECOND_GATEWAY')
param routing = readEnvironmentVariable('BRIDGE_ROUTING', 'priority')
param managedRules = readEnvironmentVariable('BRIDGE_MANAGED_RULES', 'off')
param callsPerAddressPerMinute = readEnvironmentVariable('BRIDGE_CALLS_PER_ADDRESS', '12000')
param customDomain = readEnvironmentVariable('BRIDGE_CUSTOM_DOMAIN', '')
