/// Tables for people: columns of equal width, two spaces apart.
enum TextTable {
  /// Lines of cells, a cell for each column; the first `leftColumns` columns are flush left, the others flush right.
  static func format(_ rows: [[String]], leftColumns: Int = 1) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (column < leftColumns ? cell + space : space + cell)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

extension Int {
  /// Decimal digits in groups of three: 1,234,567.
  var grouped: String {
    var text = ""
    for (place, digit) in String(magnitude).reversed().enumerated() {
      if place > 0 && place % 3 == 0 { text = "," + text }
      text = String(digit) + text
    }
    return self < 0 ? "-" + text : text
  }
}

extension Double {
  /// Seconds for people, in hours or days where there are many.
  var formattedDuration: String {
    if self < 600 { return formattedSeconds }
    let hours = self / 3600
    if hours < 1 { return "\(Int((self / 60).rounded())) min" }
    return hours < 48 ? "\((hours * 10).rounded() / 10) h" : "\(Int((hours / 24).rounded()).grouped) days"
  }
}
