SELECT kid, sealed_private_pem FROM signing_key WHERE state = 'current'
