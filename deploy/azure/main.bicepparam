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
param vaultCreateMode = readEnvironmentVariable('BRIDGE_VAULT_MODE', 'default')
param image = readEnvironmentVariable('BRIDGE_IMAGE', '')
param entraAudience = readEnvironmentVariable('BRIDGE_ENTRA_AUDIENCE', '')
param entraApplicationId = readEnvironmentVariable('BRIDGE_ENTRA_APPLICATION_ID', '')
param entraClientA = readEnvironmentVariable('BRIDGE_ENTRA_CLIENT_A', 'aebc6443-996d-45c2-90f0-388ff96faa56')
param entraClientB = readEnvironmentVariable('BRIDGE_ENTRA_CLIENT_B', '')
param entraScope = readEnvironmentVariable('BRIDGE_ENTRA_SCOPE', 'access')
param connectUrl = readEnvironmentVariable('BRIDGE_CONNECT_URL', '')
param atlassianClientId = readEnvironmentVariable('BRIDGE_ATLASSIAN_CLIENT_ID', '')
