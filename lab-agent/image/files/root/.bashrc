# Yours: /etc/bash.bashrc has been read before.
