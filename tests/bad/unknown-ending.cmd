landscape sheet.xlsx --target k --hidden 1
