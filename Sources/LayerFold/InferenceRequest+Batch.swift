import Foundation

extension InferenceRequest {
  private struct Line: Decodable {
    let prompt: String?
    let promptIds: [Int]?
    let maxNewTokens: Int
  }

  /// The requests in the text of a batch file, one JSON object a line, at least one; empty lines are skipped. Throws
  /// `unusablePrompt` naming `file` and the line.
  package static func batch(_ text: String, file: String) throws -> [InferenceRequest] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var requests: [InferenceRequest] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, text) in lines.enumerated() where !text.allSatisfy(\.isWhitespace) {
      func malformed(_ expected: String) -> LayerFoldError {
        .unusablePrompt("\(file), line \(index + 1): expected \(expected).")
      }
      let line: Line
      do {
        line = try decoder.decode(Line.self, from: Data(text.utf8))
      } catch {
        throw malformed("a JSON object with \"prompt\" or \"prompt_ids\", and \"max_new_tokens\"")
      }
      switch (line.prompt, line.promptIds) {
      case (let text?, nil):
        requests.append(InferenceRequest(prompt: .text(text), maxNewTokens: line.maxNewTokens))
      case (nil, let tokens?):
        requests.append(InferenceRequest(prompt: .tokens(tokens), maxNewTokens: line.maxNewTokens))
      default: throw malformed("exactly one of \"prompt\" and \"prompt_ids\"")
      }
    }
    guard !requests.isEmpty else {
      throw LayerFoldError.unusablePrompt("\(file) holds no prompts; at least one line is expected.")
    }
    return requests
  }
}
