verify controls.json
