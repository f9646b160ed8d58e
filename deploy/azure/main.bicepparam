// Read from the environment (azd fills it from its own). A value without a second argument has no default: where it is
// missing, the deployment stops before anything is made.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param tier = readEnvironmentVariable('BRIDGE_TIER')
param publisherName = readEnvironmentVariable('BRIDGE_PUBLISHER_NAME')
param publisherEmail = readEnvironmentVariable('BRIDGE_PUBLISHER_EMAIL')
param alertEmail = readEnvironmentVariable('BRIDGE_ALERT_EMAIL')
param runtime = readEnvironmentVariable('BRIDGE_RUNTIME', 'containerapp')
param gatewaySlot = readEnvironmentVariable('BRIDGE_GATEWAY_SLOT', 'a')
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
param publicHost = readEnvironmentVariable('BRIDGE_PUBLIC_HOST', '')
param frontDoorId = readEnvironmentVariable('BRIDGE_FRONT_DOOR_ID', '')
param vaultCreateMode = readEnvironmentVariable('BRIDGE_VAULT_MODE', 'default')
param image = readEnvironmentVariable('BRIDGE_IMAGE', '')
