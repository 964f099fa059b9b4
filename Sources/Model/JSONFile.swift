import Foundation

/// All bytes of a file, mapped where that is safe; throws `unreadableFile`.
func readFile(_ url: URL) throws -> Data {
  do {
    return try Data(contentsOf: url, options: .mappedIfSafe)
  } catch {
    let reason = FileManager.default.fileExists(atPath: url.path) ? "reading failed" : "there is no such file"
    throw ModelError.unreadableFile(file: url.lastPathComponent, reason: reason)
  }
}

/// The longest JSON accepted, in bytes: decoding takes a multiple of it in memory.
private let jsonLimit = 1 << 27

/// Decodes JSON of at most 2^27 bytes, turning every decoding error into `malformedField` with the path of the field.
func decodeJSON<Value: Decodable>(_ type: Value.Type, from json: Data, file: String) throws -> Value {
  func malformed(_ path: [any CodingKey], _ expected: String) -> ModelError {
    let field = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    return .malformedField(file: file, field: field.isEmpty ? "the whole file" : field, expected: expected)
  }
  guard json.count <= jsonLimit else { throw malformed([], "at most \(jsonLimit) bytes") }
  do {
    return try JSONDecoder().decode(type, from: json)
  } catch let error as DecodingError {
    switch error {
    case .typeMismatch(let expected, let context): throw malformed(context.codingPath, "\(expected)")
    case .valueNotFound(let expected, let context): throw malformed(context.codingPath, "\(expected)")
    case .keyNotFound(let key, let context): throw malformed(context.codingPath + [key], "a value")
    case .dataCorrupted(let context): throw malformed(context.codingPath, "valid JSON")
    @unknown default: throw malformed([], "valid JSON")
    }
  }
}
